using System.Text.Json;
using Qubes.Integration.Tests.Admin;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Memory;

/// <summary>A real guest that tells what is not so, on a host that has nothing to give away.</summary>
[Collection(RealMachines.Name)]
public sealed class LyingGuestTests(DisposableHost host) : IAsyncLifetime
{
    private const long MiB = 1 << 20;
    private const string Liar = "lying";
    private const string Honest = "honest";

    // What the agent reads from then on: everything is in use, down to the last byte. The template has no mount(8): 165 is mount(2), 4096 binds.
    private const string Lie =
        "sed -E 's/^(MemFree|Buffers|Cached|SReclaimable|SwapCached):.*/\\1: 0 kB/; s/^MemTotal:.*/MemTotal: 4000000 kB/' /proc/meminfo > /run/meminfo && " +
        "perl -e 'my ($lie, $over, $none) = (\"/run/meminfo\", \"/proc/meminfo\", \"\"); exit(syscall(165, $lie, $over, $none, 4096, 0) != 0)'";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Daemon Daemon => host.Daemon;

    public async Task InitializeAsync()
    {
        foreach (var qube in (string[])[Liar, Honest])
        {
            (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", qube)).Succeeded();
            (await Daemon.RunAsync("qvm-start", qube)).Succeeded();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var qube in (string[])[Liar, Honest])
        {
            (await Daemon.RunAsync("qvm-kill", qube)).Succeeded();
            (await Daemon.RunAsync("qvm-remove", "-f", qube)).Succeeded();
        }
        await RestartAsync(Daemon.Quiet);
    }

    [Fact]
    public async Task It_gains_nothing_from_saying_that_it_needs_everything()
    {
        await UntilAsync(all => all.Honest.Used > 0 && all.Liar.Used > 0 && all.Liar.Current <= 500 * MiB && all.Honest.Current <= 500 * MiB);
        var free = (await StatusAsync()).First(l => l.TryGetProperty("host", out _)).GetProperty("free").GetInt64();
        await RestartAsync($"{Daemon.Quiet}\n[MemoryManager]\nhost-reserve={free / MiB}MiB\n");
        var before = await UntilAsync(all => all.Honest.Used > 0 && all.Liar.Used > 0);

        (await Daemon.RunAsync("qvm-run", "-p", "-u", "root", Liar, Lie)).Succeeded();
        await UntilAsync(all => all.Liar.Claimed > 1000 * MiB);
        // It is heard again and again; what it says has been judged by the time that the other one has been.
        (await Daemon.RunAsync("qvm-run", Honest, "dd if=/dev/zero of=/dev/shm/fill bs=1M count=40 2>/dev/null")).Succeeded();
        var after = await UntilAsync(all => all.Honest.Used >= before.Honest.Used + 30 * MiB);

        Assert.True(after.Liar.Used < 500 * MiB, $"{after.Liar} is believed");
        Assert.True(after.Liar.Current <= before.Liar.Current + 100 * MiB, $"it has {after.Liar}, and had {before.Liar}");
    }

    private Task<Seen> UntilAsync(Func<Seen, bool> isSo) =>
        Polling.UntilAsync(ReadAsync, isSo, Patience);

    private async Task<Seen> ReadAsync()
    {
        var lines = (await StatusAsync()).Where(l => l.TryGetProperty("qube", out _)).ToDictionary(l => l.GetProperty("qube").GetString()!);
        return new(FiguresOf(Liar), FiguresOf(Honest));

        Figures FiguresOf(string qube) =>
            lines.TryGetValue(qube, out var line) ? new(Of(line, "claimed"), Of(line, "used"), Of(line, "current")) : new(0, 0, 0);
    }

    private static long Of(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    private async Task<IReadOnlyList<JsonElement>> StatusAsync() =>
        [.. (await Daemon.AskAsync("admin.memory.Status", "dom0"))[2..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];

    private async Task RestartAsync(string configuration)
    {
        Assert.Equal(0, await Daemon.StopAsync());
        Daemon.Configure(configuration);
        await Daemon.RestartAsync();
    }

    private sealed record Seen(Figures Liar, Figures Honest);

    /// <summary>Bytes; 0: nobody knows.</summary>
    private sealed record Figures(long Claimed, long Used, long Current);
}
