using Qubes.Sdk.Plugins;
using Qubes.Sdk.Testing.Hypervisors;
using Qubes.Sdk.Testing.Storage;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>What lies outside of the kernel and outlives it.</summary>
internal sealed class World : IExtensions
{
    private readonly List<object> extensions;

    public World()
    {
        Hypervisor = new SimulatedHypervisor(Clock);
        extensions = [Hypervisor, Pools, new SimulatedPoolDriver("linux-kernel")];
    }

    public event Action? Changed;

    public VirtualTimeProvider Clock { get; } = new();

    public SimulatedHypervisor Hypervisor { get; }

    public SimulatedPoolDriver Pools { get; } = new();

    public IReadOnlyList<T> All<T>() where T : class => [.. extensions.OfType<T>()];

    public void Add(object extension)
    {
        extensions.Add(extension);
        Changed?.Invoke();
    }
}
