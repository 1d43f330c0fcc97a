using Qubes.Plugins.MemoryManager.Host;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.MemoryManager.Tests.Worlds;

/// <summary>What lies outside of the daemon: machines with balloons, volumes, time, and a host of 8 GiB that uses one itself.</summary>
internal sealed class MemoryWorld : IExtensions, IHostMemory
{
    public const long MiB = 1 << 20;

    private readonly SimulatedPoolDriver pools = new();
    private readonly SimulatedPoolDriver kernels = new("linux-kernel");
    private IReadOnlyList<object> ofThePlugin = [];

    public MemoryWorld() => Machines = new SimulatedHypervisor(Clock) { BalloonSpeed = 500 * MiB };

    public event Action? Changed;

    public VirtualTimeProvider Clock { get; } = new();

    public SimulatedHypervisor Machines { get; }

    public long Total { get; set; } = 8192 * MiB;

    public long UsedByHost { get; set; } = 1024 * MiB;

    /// <summary>Nobody can say how much memory the host has.</summary>
    public bool IsBlind { get; set; }

    public HostReading? Read() => IsBlind
        ? null
        : new(Total, Math.Max(0, Total - UsedByHost - Machines.Machines.Sum(m => m.HostMemory.ProportionalKiB * 1024)));

    public IReadOnlyList<T> All<T>() where T : class => [.. new object[] { Machines, pools, kernels }.Concat(ofThePlugin).OfType<T>()];

    public void Offer(params IReadOnlyList<object> extensions)
    {
        ofThePlugin = extensions;
        Changed?.Invoke();
    }
}
