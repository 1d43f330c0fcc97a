using Qubes.Sdk.Plugins;

namespace Qubes.Sdk.Testing.Plugins;

/// <summary>What plugins offer each other: those under test, and what a test offers in place of others.</summary>
public sealed class SimulatedExtensions : IExtensions
{
    private readonly List<object> all = [];

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Offers something as another plugin would, for whoever asks for an interface that it has.</summary>
    public void Add(object extension)
    {
        all.Add(extension);
        Changed?.Invoke();
    }

    /// <summary>Takes it back, as the end of its plugin would.</summary>
    public void Remove(object extension)
    {
        if (all.Remove(extension))
            Changed?.Invoke();
    }

    /// <inheritdoc/>
    public IReadOnlyList<T> All<T>() where T : class => [.. all.OfType<T>().Distinct()];
}
