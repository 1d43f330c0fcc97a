using Qubes.Sdk.Plugins;

namespace Qubes.Daemon.Interchange;

/// <summary>What is offered while no plugin is loaded.</summary>
internal sealed class NoPlugins : IExtensions
{
    /// <inheritdoc/>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public IReadOnlyList<T> All<T>() where T : class => [];
}
