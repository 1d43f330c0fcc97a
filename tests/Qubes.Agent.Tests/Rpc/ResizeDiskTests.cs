using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Qubes.Agent.Tests.Rpc;

/// <summary>The service <c>qubes.ResizeDisk</c>, in the shell of the host and in the one that the smallest guests have.</summary>
public sealed class ResizeDiskTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("resize-disk-").FullName;

    public ResizeDiskTests()
    {
        File.WriteAllText(directory + "/resize2fs", "#!/bin/sh\necho \"$*\"; exit 3");
        File.SetUnixFileMode(directory + "/resize2fs", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(directory + "/mounts", "proc /proc proc rw 0 0\n/dev/vda / ext4 rw 0 0\n/dev/vdb /rw ext4 rw 0 0\n");
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("root\n", "/dev/vda\n", 3)]
    [InlineData("private\n", "/dev/vdb\n", 3)]
    [InlineData("private", "/dev/vdb\n", 3)]
    [InlineData("volatile\n", "", 0)]
    [InlineData("other\n", "", 2)]
    [InlineData("private; reboot\n", "", 2)]
    [InlineData("/dev/vdb\n", "", 2)]
    [InlineData("", "", 2)]
    public void It_resizes_the_disk_of_the_volume_and_passes_the_exit_code_on(string name, string output, int status)
    {
        foreach (var shell in (string[][])[["sh"], ["busybox", "sh"]])
            Assert.Equal((output, status), Run(shell, name));
    }

    [Fact]
    public void A_disk_that_holds_no_file_system_in_use_is_left_alone()
    {
        File.WriteAllText(directory + "/mounts", "tmpfs /rw tmpfs rw 0 0\n/dev/vdbx /x ext4 rw 0 0\n");
        Assert.Equal(("", 0), Run(["sh"], "private\n"));
    }

    private (string Output, int Status) Run(string[] shell, string input, [CallerFilePath] string here = "")
    {
        var script = Path.Combine(Path.GetDirectoryName(here)!, "../../../core/Qubes.Agent/rpc/qubes.ResizeDisk");
        var start = new ProcessStartInfo(shell[0], [.. shell[1..], script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = directory + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["QUBES_MOUNTS"] = directory + "/mounts";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }
}
