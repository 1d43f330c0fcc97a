using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Qubes.Agent.Tests.Rpc;

/// <summary>The service <c>qubes.SetDateTime</c>, in the shell of the host and in the one that the smallest guests have.</summary>
public sealed class SetDateTimeTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("set-time-").FullName;

    public SetDateTimeTests()
    {
        File.WriteAllText(directory + "/date", "#!/bin/sh\nfor a; do echo \"$a\"; done; exit 3");
        File.SetUnixFileMode(directory + "/date", UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("2026-01-31T12:34:56+00:00\n", "-u\n-s\n2026-01-31 12:34:56\n", 3)]
    [InlineData("2026-01-31T12:34:56+00:00", "-u\n-s\n2026-01-31 12:34:56\n", 3)]
    [InlineData("2026-01-31T12:34:56+01:00\n", "", 2)]
    [InlineData("2026-01-31T12:34:56\n", "", 2)]
    [InlineData("2026-01-31 12:34:56+00:00\n", "", 2)]
    [InlineData("$(reboot)-01-31T12:34:56+00:00\n", "", 2)]
    [InlineData("", "", 2)]
    public void It_sets_a_time_that_is_well_formed_and_nothing_else(string input, string output, int status)
    {
        foreach (var shell in (string[][])[["sh"], ["busybox", "sh"]])
            Assert.Equal((output, status), Run(shell, input));
    }

    private (string Output, int Status) Run(string[] shell, string input, [CallerFilePath] string here = "")
    {
        var script = Path.Combine(Path.GetDirectoryName(here)!, "../../../core/Qubes.Agent/rpc/qubes.SetDateTime");
        // Some shells prefer a date of their own to any other: whatever happens, the host's clock is not set.
        string[] harmless = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-sys_time", "--inh-caps=-sys_time"] : [];
        string[] command = [.. harmless, .. shell, script];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_DATE"] = directory + "/date";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }
}
