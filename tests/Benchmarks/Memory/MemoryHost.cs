using System.Text.Json;
using Qubes.Testbed;

namespace Qubes.Benchmarks.Memory;

/// <summary>A daemon that balances memory, and what it says of it.</summary>
internal sealed class MemoryHost : IAsyncDisposable
{
    public const string Template = "debian-12-convert";
    public const long MiB = 1 << 20;
    private const string Quiet = "[Cloning]\nbuild=manual\nreserve=0\n";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private MemoryHost(Daemon daemon) => Daemon = daemon;

    public Daemon Daemon { get; }

    public static async Task<MemoryHost> StartAsync()
    {
        var host = new MemoryHost(await Daemon.StartConfiguredAsync(Quiet));
        (await host.Daemon.RunAsync("qvm-template-build", Template)).Succeeded();
        return host;
    }

    /// <summary>The next daemon, which takes over the machines, gives away so little only.</summary>
    public async Task LeaveAsync(long bytes)
    {
        var free = (await StatusAsync()).First(l => l.TryGetProperty("host", out _)).GetProperty("free").GetInt64();
        await Daemon.StopAsync();
        Daemon.Configure($"{Quiet}[MemoryManager]\nhost-reserve={(free - bytes) / MiB}MiB\n");
        await Daemon.RestartAsync();
    }

    public async Task<Figures> OfAsync(string qube)
    {
        var line = (await StatusAsync()).FirstOrDefault(l => l.TryGetProperty("qube", out var name) && name.GetString() == qube);
        return line.ValueKind != JsonValueKind.Object
            ? default
            : new(Number("claimed"), Number("used"), Number("preferred"), Number("current"), Number("resident"));

        long Number(string name) => line.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
    }

    public async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
                throw new TimeoutException($"not within {Patience}: {what}; {string.Join('\n', await StatusAsync())}");
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();

    private async Task<IReadOnlyList<JsonElement>> StatusAsync() =>
        [.. (await Daemon.AskAsync("admin.memory.Status", "dom0"))[2..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Of a qube, bytes; 0: nobody knows.</summary>
    /// <param name="Claimed">What it says that it uses, what it swapped out included.</param>
    /// <param name="Used">What is believed of that: about what it has touched.</param>
    /// <param name="Preferred">What it is to have.</param>
    /// <param name="Current">What it has.</param>
    /// <param name="Resident">What it has touched of it.</param>
    internal readonly record struct Figures(long Claimed, long Used, long Preferred, long Current, long Resident);
}
