using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Plugins.MemoryManager.Shrinking;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager;

/// <summary>What the kernel and other plugins ask.</summary>
internal sealed class MemoryBroker(
    QubeGuests guests, IHostMemory host, HostShare share, ClaimDesk desk, Shrinker shrinker, HostPressure pressure) : IMemoryBroker
{
    private readonly HashSet<Guest> shrunk = [];

    public long? AvailableBytes => host.Read() is { } reading ? share.AvailableOf(reading) : null;

    public MemoryPressure Pressure => pressure.Current;

    public async Task<IAsyncDisposable> ClaimAsync(IQube qube, long bytes, CancellationToken cancel) =>
        await desk.ClaimAsync(qube.Name, bytes, cancel)
            ?? throw new OutOfMemoryQubeException($"Not enough memory to start domain '{qube.Name}'");

    public async Task<ShrinkOutcome> ShrinkAsync(IQube qube, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (!guests.TryFind(qube, out var guest))
            return ShrinkOutcome.NotBalanced;
        Release(qube);
        shrunk.RemoveWhere(g => g.IsGone);
        shrunk.Add(guest);
        try
        {
            return await shrinker.ShrinkAsync(guest, bytes: null, cancel);
        }
        catch (OperationCanceledException)
        {
            Release(qube);
            throw;
        }
    }

    public void Release(IQube qube)
    {
        if (guests.TryFind(qube, out var guest) && shrunk.Remove(guest))
            shrinker.LetGo(guest);
    }
}
