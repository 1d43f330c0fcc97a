using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>What lies outside of the daemon and outlives it, and what the plugins of one run offer.</summary>
internal sealed class CloningWorld : IExtensions
{
    private IReadOnlyList<object> ofThisRun = [];

    public CloningWorld()
    {
        Machines = new SimulatedHypervisor(Clock);
        Driver = new FakeDriver(Machines, Clock);
    }

    public event Action? Changed;

    public VirtualTimeProvider Clock { get; } = new();

    public SimulatedHypervisor Machines { get; }

    public FakeDriver Driver { get; }

    public FakeGuests Guests { get; } = new();

    public SimulatedPoolDriver Pools { get; } = new();

    /// <summary>What other plugins offer.</summary>
    public List<object> Others { get; } = [];

    /// <summary>The plugin's section of the configuration.</summary>
    public Dictionary<string, string?> Section { get; } = [];

    /// <summary>The driver that cannot copy, in place of the one that can.</summary>
    public bool CanClone { get; set; } = true;

    public IConfiguration Configuration => new ConfigurationBuilder().AddInMemoryCollection(Section).Build();

    /// <summary>The pool that all volumes live in.</summary>
    public SimulatedPool Pool => Pools.Pools.Values.First(p => p.Existing.Count > 0 || p.FrozenKeys().Count > 0);

    private SimulatedPoolDriver Kernels { get; } = new("linux-kernel");

    public IReadOnlyList<T> All<T>() where T : class =>
        [.. new object[] { CanClone ? Driver : new PlainDriver(Machines), Pools, Kernels, Guests }.Concat(Others).Concat(ofThisRun).OfType<T>()];

    public void Offer(params IReadOnlyList<object> extensions)
    {
        ofThisRun = extensions;
        Changed?.Invoke();
    }
}
