using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Preload.Tests.Worlds;

/// <summary>What lies outside of the daemon and outlives it, and what the plugins of one run offer.</summary>
internal sealed class PreloadWorld : IExtensions, IMemoryBroker
{
    private IReadOnlyList<object> ofThisRun = [];

    public PreloadWorld()
    {
        Hypervisor = new SimulatedHypervisor(Clock);
        Guests = new SimulatedGuests(Hypervisor);
    }

    public event Action? Changed;

    public VirtualTimeProvider Clock { get; } = new();

    public SimulatedHypervisor Hypervisor { get; }

    public SimulatedGuests Guests { get; }

    public SimulatedPoolDriver Pools { get; } = new();

    public long? AvailableBytes { get; set; } = 1L << 40;

    public MemoryPressure Pressure => MemoryPressure.None;

    public Task<IAsyncDisposable> ClaimAsync(IQube qube, long bytes, CancellationToken cancel) =>
        throw new NotSupportedException("preloading claims nothing itself");

    public Task<ShrinkOutcome> ShrinkAsync(IQube qube, CancellationToken cancel) => Task.FromResult(ShrinkOutcome.NotBalanced);

    public void Release(IQube qube)
    {
        // Nothing was taken from it.
    }

    /// <summary>What another plugin offers; null: nothing.</summary>
    public IPreloadPolicy? OthersPolicy { get; set; }

    private SimulatedPoolDriver Kernels { get; } = new("linux-kernel");

    public IReadOnlyList<T> All<T>() where T : class => [.. new object?[] { this, Hypervisor, Pools, Kernels, Guests, OthersPolicy }.Concat(ofThisRun).OfType<T>()];

    public void Offer(params IReadOnlyList<object> extensions)
    {
        ofThisRun = extensions;
        Changed?.Invoke();
    }
}
