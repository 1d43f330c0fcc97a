using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Memory;

/// <summary>What a real guest says that it uses, what it is given and takes back, and what that costs the host.</summary>
[Collection(RealMachines.Name)]
public sealed class MovingMemoryTests(DisposableHost host)
{
    private const string Qube = "moving";
    private const string Fill = "dd if=/dev/zero of=/dev/shm/fill bs=1M count=250 2>/dev/null";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Daemon Daemon => host.Daemon;

    [Fact]
    public async Task A_guest_that_needs_memory_is_given_it_and_the_host_has_it_back_afterwards()
    {
        (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", Qube)).Succeeded();
        (await Daemon.RunAsync("qvm-start", Qube)).Succeeded();
        // The balloon takes a moment to fill, and the first report may come before.
        var idle = await UntilAsync(f => f is { Used: > 20 << 10 and < 200 << 10, Most: 1200 << 10, Memory: <= 500 << 10 });
        // What programs of the guest see is what it has.
        var seen = await TotalOfGuestAsync();
        await UntilAsync(f => seen >= f.Memory * 7 / 10 && seen <= f.Memory * 11 / 10);

        (await Daemon.RunAsync("qvm-run", Qube, Fill)).Succeeded();
        var full = await UntilAsync(f => f.Used - idle.Used > 240 << 10 && f.Memory > f.Used && f.Pss - idle.Pss > 200 << 10);

        (await Daemon.RunAsync("qvm-run", Qube, "rm /dev/shm/fill")).Succeeded();
        await UntilAsync(f => full.Used - f.Used > 200 << 10);
        Assert.Equal("OK\n", await ShrinkAsync());
        await UntilAsync(f => full.Memory - f.Memory > 150 << 10 && full.Pss - f.Pss > 150 << 10);

        (await Daemon.RunAsync("qvm-run", Qube, Fill)).Succeeded();
        await UntilAsync(f => f.Used - idle.Used > 240 << 10 && f.Memory > f.Used);

        (await Daemon.RunAsync("qvm-kill", Qube)).Succeeded();
        (await Daemon.RunAsync("qvm-remove", "-f", Qube)).Succeeded();
    }

    private Task<Figures> UntilAsync(Func<Figures, bool> isSo) => Polling.UntilAsync(ReadAsync, isSo, Patience);

    private async Task<Figures> ReadAsync()
    {
        var cost = (await Daemon.AskAsync("admin.vm.Memory", Qube))[2..].Split(' ').Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture));
        var status = (await Daemon.AskAsync("admin.memory.Status", "dom0"))[2..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).FirstOrDefault(line => line.TryGetProperty("qube", out var name) && name.GetString() == Qube);
        var used = status.ValueKind == JsonValueKind.Object && status.TryGetProperty("used", out var bytes) && bytes.ValueKind == JsonValueKind.Number
            ? bytes.GetInt64() >> 10
            : 0;
        return new Figures(used, cost["mem"], cost["most"], cost.GetValueOrDefault("pss"));
    }

    private async Task<long> TotalOfGuestAsync() => long.Parse(
        (await Daemon.RunAsync("qvm-run", "-p", Qube, "awk '/^MemTotal/ { print $2 }' /proc/meminfo")).Succeeded().Text, CultureInfo.InvariantCulture);

    private async Task<string> ShrinkAsync()
    {
        var xid = (await Daemon.RunAsync("qvm-prefs", Qube, "xid")).Succeeded().Text.Trim();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Daemon.Root + "/run/qubes/qmemman.sock"), patience.Token);
        await client.SendAsync(Encoding.ASCII.GetBytes($"{xid}:0\n"), patience.Token);
        var answer = new byte[64];
        return Encoding.ASCII.GetString(answer, 0, await client.ReceiveAsync(answer.AsMemory(), patience.Token));
    }

    /// <summary>KiB.</summary>
    private sealed record Figures(long Used, long Memory, long Most, long Pss);
}
