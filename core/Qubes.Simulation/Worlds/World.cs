using Qubes.Sdk.Plugins;

namespace Qubes.Simulation.Worlds;

/// <summary>What lies outside of the kernel, as extensions.</summary>
internal sealed class World : IExtensions
{
    private readonly List<object> extensions = [];

    public event Action? Changed;

    public IReadOnlyList<T> All<T>() where T : class => [.. extensions.OfType<T>()];

    public void Offer(params IEnumerable<object> more)
    {
        extensions.AddRange(more);
        Changed?.Invoke();
    }
}
