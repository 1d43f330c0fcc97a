using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Launching;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Launching;

/// <summary>The real launcher, running a shell in place of QEMU.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("launch-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task The_program_gets_what_was_opened_for_it_and_nothing_else()
    {
        File.WriteAllText(directory + "/file", "content");
        var words = await RunAsync(Shell("ls /proc/$$/fd > list; cat <&110 >&2; echo \" $(tr '\\n' ' ' < list)\" >&2") with
        {
            Files = [new LaunchFile(directory + "/file", 110, IsWritable: false)],
            Sockets = [new LaunchSocket(directory + "/socket", 100)],
        });
        Assert.Equal("content 0 1 100 110 2", words);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(directory + "/socket"));
    }

    [Fact]
    public async Task A_secret_is_read_from_memory_by_the_program_even_as_another_user()
    {
        var words = await RunAsync(Shell("echo $(cat /dev/fd/111) $(readlink /proc/$$/fd/111) >&2") with
        {
            Secrets = [new LaunchSecret("hidden"u8.ToArray(), 111)],
            Identity = Environment.IsPrivilegedProcess ? new LaunchIdentity(2_000_000_007, 2_000_000_007, []) : null,
        });
        Assert.Equal("hidden /memfd:secret (deleted)", words);
    }

    [Fact]
    public async Task The_program_runs_confined_in_a_session_of_its_own()
    {
        var words = await RunAsync(Shell(
            "echo $(grep NoNewPrivs /proc/$$/status) $(ulimit -c) $(pwd) $(test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo leader) >&2"));
        Assert.Equal($"NoNewPrivs: 1 0 {directory} leader", words);
    }

    [Fact]
    public async Task As_root_the_program_runs_as_a_user_without_privileges()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // only root can become somebody else
        var words = await RunAsync(Shell("echo $(id -u) $(id -G) $(grep CapEff /proc/$$/status) >&2") with
        {
            Identity = new LaunchIdentity(2_000_000_007, 2_000_000_008, [2_000_000_009]),
        });
        Assert.Equal("2000000007 2000000008 2000000009 CapEff: 0000000000000000", words);
    }

    [Fact]
    public async Task Root_is_nobody_to_run_a_machine_as() =>
        Assert.Contains("root", await RunAsync(Shell("true") with { Identity = new LaunchIdentity(0, 0, []) }), StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var refusal = await RefusalAsync(Shell("true") with { Files = [new LaunchFile("/nonexistent", 110, false)] });
        Assert.Contains("/nonexistent", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_a_regular_file_is_refused()
    {
        foreach (var path in (string[])["/dev/null", "/tmp"])
            await RefusalAsync(Shell("true") with { Files = [new LaunchFile(path, 110, false)] });
    }

    [Fact]
    public async Task A_descriptor_out_of_range_or_asked_for_twice_is_refused()
    {
        await RefusalAsync(Shell("true") with { Files = [new LaunchFile("/etc/hostname", 3, false)] });
        var file = new LaunchFile("/etc/hostname", 110, false);
        await RefusalAsync(Shell("true") with { Files = [file, file] });
    }

    [Fact]
    public async Task A_socket_path_that_does_not_fit_is_refused()
    {
        var refusal = await RefusalAsync(
            Shell("true") with { Sockets = [new LaunchSocket(directory + "/" + new string('s', 108), 100)] });
        Assert.Contains("107 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_that_is_called_off_runs_nothing()
    {
        var launched = await LaunchedProcess.PrepareAsync(
            GuestHost.LauncherPath, Shell($"touch {directory}/ran"), default);
        using var process = Processes.ProcessHandle.TryOpen(launched.Pid)!;
        await launched.DisposeAsync();
        await process.WaitAsync();
        Assert.False(File.Exists(directory + "/ran"));
    }

    [Fact]
    public async Task A_launcher_that_is_not_there_is_named()
    {
        var refusal = await Assert.ThrowsAsync<QubeException>(
            () => LaunchedProcess.PrepareAsync("/nonexistent/launcher", Shell("true"), default));
        Assert.Contains("/nonexistent/launcher", refusal.Message, StringComparison.Ordinal);
    }

    private LaunchDescription Shell(string command) =>
        new("/bin/bash", ["-c", "export PATH=/usr/bin:/bin; " + command], directory, [], [], [], null);

    private static async Task<QubeException> RefusalAsync(LaunchDescription description) =>
        await Assert.ThrowsAsync<QubeException>(
            () => LaunchedProcess.PrepareAsync(GuestHost.LauncherPath, description, default));

    private static async Task<string> RunAsync(LaunchDescription description)
    {
        await using var launched = await LaunchedProcess.PrepareAsync(GuestHost.LauncherPath, description, default);
        await launched.GoAsync(default);
        await launched.Errors.Finished;
        return launched.Errors.LastLine();
    }
}
