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

    public MemoryPressure Pressure { get; set; }

    /// <summary>Whether a plugin shares memory out.</summary>
    public bool IsBroker { get; set; } = true;

    /// <summary>Qubes that were to give memory back, in order.</summary>
    public List<string> Shrunk { get; } = [];

    /// <summary>Qubes that may have their memory again, in order.</summary>
    public List<string> Released { get; } = [];

    /// <summary>What shrinking does; null: it is done at once.</summary>
    public Func<IQube, CancellationToken, Task<ShrinkOutcome>>? Shrinking { get; set; }

    /// <summary>What releasing does besides being noted.</summary>
    public Action<IQube>? Releasing { get; set; }

    /// <summary>What another plugin offers; null: nothing.</summary>
    public IPreloadPolicy? OthersPolicy { get; set; }

    /// <summary>What clients announced; null: nothing.</summary>
    public Announced? Announced { get; set; }

    private SimulatedPoolDriver Kernels { get; } = new("linux-kernel");

    public IReadOnlyList<T> All<T>() where T : class => [.. new object?[] { this, Hypervisor, Pools, Kernels, Guests, OthersPolicy, Announced }.Concat(ofThisRun).OfType<T>()
        .Where(e => IsBroker || !ReferenceEquals(e, this))];

    /// <summary>Plugins came or went.</summary>
    public void Change() => Changed?.Invoke();

    public Task<IAsyncDisposable> ClaimAsync(IQube qube, long bytes, CancellationToken cancel) => Task.FromResult<IAsyncDisposable>(new NoClaim());

    public Task<ShrinkOutcome> ShrinkAsync(IQube qube, CancellationToken cancel)
    {
        Shrunk.Add(qube.Name);
        return Shrinking?.Invoke(qube, cancel) ?? Task.FromResult(ShrinkOutcome.Done);
    }

    public void Release(IQube qube)
    {
        Released.Add(qube.Name);
        Releasing?.Invoke(qube);
    }

    public void Offer(params IReadOnlyList<object> extensions)
    {
        ofThisRun = extensions;
        Changed?.Invoke();
    }

    private sealed class NoClaim : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
