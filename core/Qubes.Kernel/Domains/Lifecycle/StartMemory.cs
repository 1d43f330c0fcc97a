using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;

namespace Qubes.Kernel.Domains.Lifecycle;

/// <summary>
/// What a machine that is about to be built takes of the host's memory (spec: qmemman, section 5), claimed from everybody who shares it
/// out. Without such a plugin nothing is claimed.
/// </summary>
internal sealed class StartMemory : IAsyncDisposable
{
    private const long MiB = 1 << 20;
    private const long Overhead = 4 * MiB;
    private const long OverheadPerVcpu = 3 * MiB / 2;
    private const long OverheadPerMostMiB = 8192;

    private readonly Stack<IAsyncDisposable> claims = [];

    /// <exception cref="Sdk.Errors.OutOfMemoryQubeException">It cannot be had.</exception>
    public static async Task<StartMemory> ClaimAsync(Qube qube, IReadOnlyList<IMemoryBroker> brokers, CancellationToken cancel)
    {
        var memory = new StartMemory();
        try
        {
            foreach (var broker in brokers)
                memory.claims.Push(await broker.ClaimAsync(qube, BytesOf(qube), cancel));
            return memory;
        }
        catch
        {
            await memory.DisposeAsync();
            throw;
        }
    }

    /// <summary>Bytes: its memory, and what is needed to run it. There are no device model domains here whatever the mode.</summary>
    public static long BytesOf(Qube qube)
    {
        long memory = qube.Properties.Get(QubeProperties.Memory);
        long most = qube.Properties.Get(QubeProperties.Maxmem) is > 0 and var maxmem ? maxmem : memory;
        return memory * MiB + Overhead + qube.Properties.Get(QubeProperties.Vcpus) * OverheadPerVcpu + most * OverheadPerMostMiB;
    }

    /// <summary>The machine exists, or never will. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        while (claims.TryPop(out var claim))
            await claim.DisposeAsync();
    }
}
