using System.Net.Sockets;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Cloning;

/// <summary>The daemon is killed (SIGKILL) with copies and memory templates under way.</summary>
[Collection(RealMachines.Name)]
public sealed class DaemonEndTests(DisposableHost host) : IAsyncLifetime
{
    private const string Template = "killed-dvm";
    private readonly ClonedQubes qubes = new(host.Daemon);

    private Daemon Daemon => host.Daemon;

    public Task InitializeAsync() => qubes.AddAsync(Template, []);

    public Task DisposeAsync() => qubes.RemoveAsync(Template);

    [Fact]
    public async Task The_next_daemon_takes_over_a_copy_that_runs()
    {
        const string who = "cat /proc/sys/kernel/random/boot_id /proc/sys/kernel/hostname; " + MemoryTemplates.BootedAs;
        await Daemon.FreezeAsync(Template);
        using var caller = Daemon.Tool("qvm-run", "-p", "--dispvm=" + Template, "echo up; cat").Start();
        Assert.Equal("up", await caller.StandardOutput.ReadLineAsync());
        var name = Assert.Single(await qubes.DisposablesAsync("Running"));
        var before = (await Daemon.RunAsync("qvm-run", "-p", name, who)).Succeeded().Text;
        Assert.EndsWith($"{name}\n{MemoryTemplates.Copied}", before, StringComparison.Ordinal);

        await Daemon.KillAsync();
        await caller.WaitForExitAsync();
        await Daemon.RestartAsync();

        Assert.Equal(before, (await Daemon.RunAsync("qvm-run", "-p", name, who)).Succeeded().Text);
        (await Daemon.RunAsync("qvm-kill", name)).Succeeded();
        // Whether what was frozen outlives the daemon or is made anew: copies work again, and are right.
        await Daemon.FreezeAsync(Template);
        Assert.True(await Daemon.IsCopiedAsync(Template));
    }

    [Theory]
    [InlineData("Transient")]
    [InlineData("Running")]
    public async Task What_was_half_made_is_never_used(string state)
    {
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        var whole = Kept();
        var build = Daemon.TryFreezeAsync(Template);
        await ClonedQubes.UntilAsync(() => qubes.DisposablesAsync(state), found => found.Count > 0);
        await Daemon.KillAsync();
        await AnswerlessAsync(build);

        await Daemon.RestartAsync();

        Assert.False(await Daemon.IsCopiedAsync(Template));
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
        Assert.Empty(Daemon.Machines());
        Assert.Equal(whole, Kept());
    }

    /// <summary>Files of memory templates: those of other disposable templates stay.</summary>
    private string[] Kept() =>
        [.. Directory.EnumerateFiles(Daemon.Root + "/var/lib/qubes/memory-templates", "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static async Task AnswerlessAsync(Task<string> build)
    {
        try
        {
            Assert.NotEqual("0\0", await build);
        }
        catch (SocketException)
        {
            // The daemon let go without a word.
        }
    }
}
