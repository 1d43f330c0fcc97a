using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>Decides how one of the plugin's own disposables starts, and hears what came of it.</summary>
internal interface IStartOfHidden
{
    /// <summary>As <see cref="IDisposableCloner.TryCloneAsync"/>.</summary>
    Task<CloneAnswer> StartAsync(IQube hidden, MachineSpec spec, CancellationToken cancel);

    /// <summary>As <see cref="IDisposableCloner.Failed"/>.</summary>
    void Failed(string reason);

    /// <summary>As <see cref="IDisposableCloner.Succeeded"/>.</summary>
    void Succeeded();
}
