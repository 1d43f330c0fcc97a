namespace Qubes.Sdk.Plugins;

/// <summary>What all active plugins registered as extension points of the SDK; changes when plugins come and go.</summary>
public interface IExtensions
{
    /// <summary>All implementations in plugin order. Ask anew for each use: the answer may change.</summary>
    IReadOnlyList<T> All<T>() where T : class;

    /// <summary>Raised on the kernel loop after plugins were added or removed.</summary>
    event Action? Changed;
}
