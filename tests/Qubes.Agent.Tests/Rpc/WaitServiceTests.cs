using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Qubes.Agent.Tests.Rpc;

/// <summary>
/// The services by which a guest says that it is ready, with a systemd that goes through given states, in the shell of the host
/// and in the one that the smallest guests have.
/// </summary>
public sealed class WaitServiceTests : IDisposable
{
    private const string System = "qubes.WaitForRunningSystem";
    private const string Session = "qubes.WaitForSession";
    private const int Tries = 20;

    private readonly string directory = Directory.CreateTempSubdirectory("wait-service-").FullName;

    public WaitServiceTests()
    {
        Directory.CreateDirectory(directory + "/systemd");
        // Each question takes a line of the file; the last one is the answer from then on.
        Stub("systemctl", $$"""
            echo "$*" >>{{directory}}/asked
            case $* in
                *--failed*) echo "broken.service loaded failed failed Broken"; exit 0 ;;
            esac
            head -n 1 {{directory}}/states
            [ "$(wc -l <{{directory}}/states)" -gt 1 ] && sed -i 1d {{directory}}/states
            exit 1
            """);
        Stub("sleep", $"echo \"sleep $*\" >>{directory}/asked");
        Stub("id", "echo somebody");
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData(System, "running", 0)]
    [InlineData(System, "degraded", 0)]
    [InlineData(System, "maintenance", 1)]
    [InlineData(System, "stopping", 1)]
    [InlineData(Session, "running", 0)]
    [InlineData(Session, "degraded", 0)]
    [InlineData(Session, "stopping", 1)]
    public void It_ends_well_when_everything_was_started_even_if_some_of_it_failed(string service, string state, int status)
    {
        foreach (var shell in Shells)
        {
            Assert.Equal((status, ""), (Run(shell, service, [state]).Status, Run(shell, service, [state]).Output));
            Assert.DoesNotContain("sleep 1", Asked());
        }
    }

    [Theory]
    [InlineData(System)]
    [InlineData(Session)]
    public void A_systemd_that_does_not_wait_by_itself_is_asked_again(string service)
    {
        // Only in this shell: the other one sleeps by itself.
        Assert.Equal(0, Run(["sh"], service, ["unknown", "", "offline", "initializing", "starting", "running"]).Status);
        Assert.Equal(5, Asked().Count(line => line == "sleep 1"));
    }

    [Fact]
    public void One_that_never_gets_further_is_given_up_in_the_end()
    {
        Stub("systemctl", "echo starting");
        var (status, _, error) = Run(["sh"], System, []);
        Assert.Equal((1, "the system does not come up: it is 'starting'\nstarting\n"), (status, error));
        Assert.Equal(Tries, Asked().Length);
    }

    [Fact]
    public void Failed_units_are_told_on_standard_error()
    {
        Assert.Equal((0, "", "these units failed:\nbroken.service loaded failed failed Broken\n"), Run(["sh"], System, ["degraded"]));
        Assert.Equal(
            (1, "", "the system does not come up: it is 'maintenance'\nbroken.service loaded failed failed Broken\n"),
            Run(["sh"], System, ["maintenance"]));
    }

    [Theory]
    [InlineData(System)]
    [InlineData(Session)]
    public void Without_systemd_there_is_nothing_to_wait_for(string service)
    {
        Directory.Delete(directory + "/systemd");
        foreach (var shell in Shells)
            Assert.Equal((0, "", ""), Run(shell, service, ["stopping"]));
        Assert.Empty(Asked());
    }

    [Theory]
    [InlineData("user\n", "user")]
    [InlineData("user", "user")]
    [InlineData("", "somebody")]
    [InlineData("\n", "somebody")]
    public void The_session_is_that_of_the_named_user_or_the_callers_own(string input, string user)
    {
        Assert.Equal(0, Run(["sh"], Session, ["running"], input).Status);
        Assert.Equal([$"--user --machine={user}@.host is-system-running --wait"], Asked());
    }

    [Theory]
    [InlineData("-x")]
    [InlineData("a b")]
    [InlineData("a@b")]
    [InlineData("$(reboot)")]
    public void A_name_that_is_none_is_refused(string name)
    {
        Assert.Equal((2, "", "this is no name of a user\n"), Run(["sh"], Session, ["running"], name + "\n"));
        Assert.Empty(Asked());
    }

    private static string[][] Shells => [["sh"], ["busybox", "sh"]];

    private string[] Asked() => File.Exists(directory + "/asked") ? File.ReadAllLines(directory + "/asked") : [];

    private (int Status, string Output, string Error) Run(
        string[] shell, string service, string[] states, string input = "", [CallerFilePath] string here = "")
    {
        File.WriteAllText(directory + "/states", string.Concat(states.Select(s => s + "\n")));
        File.Delete(directory + "/asked");
        var script = Path.Combine(Path.GetDirectoryName(here)!, "../../../core/Qubes.Agent/rpc", service);
        var start = new ProcessStartInfo(shell[0], [.. shell[1..], script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = directory + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["QUBES_SYSTEMD"] = directory + "/systemd";
        start.Environment["QUBES_TRIES"] = $"{Tries}";
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        process.WaitForExit();
        return (process.ExitCode, output, error);
    }

    private void Stub(string name, string body)
    {
        File.WriteAllText($"{directory}/{name}", "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode($"{directory}/{name}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
