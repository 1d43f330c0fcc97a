using System.Text.Json;
using System.Text.Json.Nodes;
using Qubes.Plugins.Qemu.Processes;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Machines;

/// <content>How much memory it has, and what it costs.</content>
internal sealed partial class QemuMachine
{
    /// <summary>
    /// The host's kernel walks all of a machine's memory to add it up, 4.5 ms for 600 MB: not for every sample that somebody takes. So the
    /// sum is taken again after a thousand times what it took, within these bounds. What came or went since is known from the count that
    /// the kernel keeps anyway; of a copy's new pages that does not tell which it shares, so its last sum stands.
    /// </summary>
    private const int HostMemoryShare = 1000;
    private static readonly TimeSpan ShortestHostMemoryAge = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestHostMemoryAge = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim weighing = new(1);
    private HostMemory? weighed;
    private long residentThen;
    private long weighedAt;
    private TimeSpan weighedFor;

    /// <inheritdoc/>
    public long MostMemoryBytes => (long)record.MostMemoryMiB << 20;

    /// <inheritdoc/>
    public async Task SetMemoryAsync(long bytes, CancellationToken cancel)
    {
        if (MostMemoryBytes == 0)
            throw new QubeException($"The memory of machine {record.Name} cannot be changed while it runs");
        if (bytes < 1 || bytes > MostMemoryBytes)
            throw new QubeException($"{bytes} bytes of memory for machine {record.Name} are refused: 1 to {MostMemoryBytes}");
        await OrderAsync(bytes, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<MachineUsage> MeasureAsync(CancellationToken cancel)
    {
        var balloon = await CommandAsync("query-balloon", cancel).ConfigureAwait(false);
        var facts = ProcessFacts.Of(record.Pid);
        if (facts is null || facts.Start != record.ProcessStart)
            throw new QubeException($"Machine {record.Name} has ended");
        return balloon.ValueKind == JsonValueKind.Object
            && balloon.TryGetProperty("actual", out var actual)
            && actual.ValueKind == JsonValueKind.Number
            && actual.TryGetInt64(out var bytes)
            && bytes >= 0
            ? new MachineUsage(bytes / 1024, facts.CpuTime) { Host = await WeighAsync(facts.ResidentKiB, cancel).ConfigureAwait(false) }
            : throw new QubeException($"QEMU does not say how much memory {record.Name} has");
    }

    private Task<JsonElement> OrderAsync(long bytes, CancellationToken cancel) =>
        CommandAsync("balloon", cancel, new JsonObject { ["value"] = bytes });

    private async Task<HostMemory?> WeighAsync(long resident, CancellationToken cancel)
    {
        await weighing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (weighed is not null && time.GetElapsedTime(weighedAt) < weighedFor)
                return Since(weighed, resident - residentThen);
            var (pid, start) = (record.Pid, record.ProcessStart);
            await Task.Run(
                () =>
                {
                    var began = time.GetTimestamp();
                    weighed = ProcessMemory.Of(pid, start);
                    weighedAt = time.GetTimestamp();
                    residentThen = resident;
                    var wanted = time.GetElapsedTime(began, weighedAt) * HostMemoryShare;
                    weighedFor = wanted < ShortestHostMemoryAge ? ShortestHostMemoryAge
                        : wanted > LongestHostMemoryAge ? LongestHostMemoryAge
                        : wanted;
                },
                cancel).ConfigureAwait(false);
            return weighed;
        }
        finally
        {
            weighing.Release();
        }
    }

    private HostMemory Since(HostMemory then, long more) => IsClone
        ? then
        : then with { ProportionalKiB = Math.Max(0, then.ProportionalKiB + more), PrivateKiB = Math.Max(0, then.PrivateKiB + more) };
}
