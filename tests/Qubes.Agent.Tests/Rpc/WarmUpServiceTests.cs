using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Qubes.Agent.Tests.Rpc;

/// <summary>The service that warms a guest up, in the shell of the host and in the one that the smallest guests have.</summary>
public sealed class WarmUpServiceTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("warm-up-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Each_program_is_run_with_its_option_and_neither_speaks_nor_listens()
    {
        Program("one", $"echo \"one $*: $(cat)\" >>{directory}/done; echo noise; echo more >&2");
        Program("two", $"echo \"two $*: $(cat)\" >>{directory}/done");
        File.WriteAllText(directory + "/d/readme", "not a program");
        foreach (var shell in (string[][])[["sh"], ["busybox", "sh"]])
        {
            Assert.Equal((0, "", ""), Run(shell));
            Assert.Equal(["one --warm-up: ", "two --warm-up: "], File.ReadAllLines(directory + "/done"));
            File.Delete(directory + "/done");
        }
    }

    [Fact]
    public void One_that_fails_is_told_and_the_others_are_run()
    {
        Program("one", "exit 3");
        Program("two", $"touch {directory}/done");
        Assert.Equal((0, "", $"{directory}/d/one ended with 3\n"), Run(["sh"]));
        Assert.True(File.Exists(directory + "/done"));
    }

    [Fact]
    public void Without_any_there_is_nothing_to_do() => Assert.Equal((0, "", ""), Run(["sh"]));

    private void Program(string name, string text)
    {
        Directory.CreateDirectory(directory + "/d");
        File.WriteAllText($"{directory}/d/{name}", "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode($"{directory}/d/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (int Status, string Output, string Error) Run(string[] shell, [CallerFilePath] string here = "")
    {
        var script = Path.Combine(Path.GetDirectoryName(here)!, "../../../core/Qubes.Agent/rpc/qubes.WarmUp");
        var start = new ProcessStartInfo(shell[0], [.. shell[1..], script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["QUBES_WARM_UP"] = directory + "/d";
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Write("the caller's");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was done already.
        }
        var (output, error) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        return (process.ExitCode, output, error);
    }
}
