using System.Diagnostics;
using Qubes.Plugins.Templates.Processes;
using Qubes.Plugins.Templates.Tests.Kit;

namespace Qubes.Plugins.Templates.Tests.Processes;

public sealed class ToolRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Output_is_returned_by_lines_and_passed_on_as_it_comes()
    {
        var seen = new List<string>();

        var output = await ToolRunner.RunAsync(Shell("printf 'a\\rb\\n\\nc'; echo d >&2", seen.Add), CancellationToken.None);

        Assert.Equal(["a", "b", "c"], output);
        Assert.Equal(["a", "b", "c", "d"], seen.Order());
    }

    [Theory]
    [InlineData("echo hello; echo 'E: no such thing' >&2; echo bye >&2; exit 3", "sh ended with status 3: E: no such thing")]
    [InlineData("exit 1", "sh ended with status 1: it wrote nothing")]
    [InlineData("printf 'last\\033[2Jwords'; exit 2", "sh ended with status 2: last?[2Jwords")]
    public async Task A_failure_is_told_in_the_tools_own_words(string script, string message)
    {
        var failure = await Assert.ThrowsAsync<ToolFailedException>(() => ToolRunner.RunAsync(Shell(script), CancellationToken.None));

        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_fails() =>
        await Assert.ThrowsAsync<ToolFailedException>(() => ToolRunner.RunAsync(
            new ToolCommand("no-such-program") { WorkingDirectory = _folder.Path }, CancellationToken.None));

    [Fact]
    public async Task Cancelled_it_is_gone_with_everything_it_started()
    {
        using var cancel = new CancellationTokenSource();
        var mark = _folder.File("mark");
        var running = ToolRunner.RunAsync(
            Shell($"setsid sleep 1000 & exec flock {mark} sh -c 'echo up; sleep 1000'", _ => cancel.Cancel()), cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var (status, _) = await Tool.TryRunAsync("flock", "--nonblock", mark, "true");
        Assert.Equal(0, status);
    }

    [Fact]
    public async Task When_the_daemon_is_killed_the_tool_ends_too()
    {
        // A shell stands for the daemon; its child is contained as ours are, and holds a lock on a file.
        var mark = _folder.File("mark");
        var script = $"{Containment.Program} {string.Join(' ', Containment.Arguments)} flock {mark} sh -c 'echo up; sleep 1000' & wait";
        using var daemon = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true })!;
        Assert.Equal("up", await daemon.StandardOutput.ReadLineAsync());

        daemon.Kill();

        // Standard output ends when the last of them has.
        Assert.Null(await daemon.StandardOutput.ReadLineAsync());
        await Tool.RunAsync("flock", "--nonblock", mark, "true");
    }

    [Fact]
    public async Task A_tool_that_writes_without_end_costs_little_memory()
    {
        var output = await ToolRunner.RunAsync(Shell("head -c 20000000 /dev/zero | tr '\\0' x; echo; yes | head -n 100000"), CancellationToken.None);

        Assert.Equal(50_000, output.Count);
        Assert.Equal(ToolOutput.LongestLine, output[0].Length);
    }

    [Fact]
    public async Task The_environment_is_the_tools_own()
    {
        var output = await ToolRunner.RunAsync(Shell("echo $TMPDIR; echo $PATH; echo ${DOTNET_ROOT-unset}$USER"), CancellationToken.None);

        Assert.Equal([_folder.Path, "/usr/sbin:/usr/bin:/sbin:/bin", "unset"], output);
    }

    public void Dispose() => _folder.Dispose();

    private ToolCommand Shell(string script, Action<string>? onLine = null) =>
        new("sh", "-c", script) { WorkingDirectory = _folder.Path, OnLine = onLine };
}
