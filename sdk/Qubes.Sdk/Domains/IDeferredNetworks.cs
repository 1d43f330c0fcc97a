using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Domains;

/// <summary>
/// Changes of <c>netvm</c> that came while a qube was paused, when its network cannot be changed (spec: preloaded
/// disposables, section 9). They are made up for when the qube runs on; of a preload only when it is used. Used on the
/// kernel loop.
/// </summary>
public interface IDeferredNetworks
{
    /// <summary>
    /// Makes up for what was deferred and returns when the guest has its network; at once, in this turn, when nothing was, or
    /// when it cannot be done yet: the qube is paused or a preload, or its netvm does not run.
    /// </summary>
    /// <exception cref="TimeoutException">The guest had no network 10 s after the change.</exception>
    /// <exception cref="QubesException">The change was refused, or the guest says that it failed.</exception>
    Task ApplyAsync(IQube qube, CancellationToken cancel);
}
