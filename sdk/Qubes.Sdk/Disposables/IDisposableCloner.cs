using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Disposables;

/// <summary>
/// Extension point: starts a disposable as a copy of one that has booted, instead of booting it. Asked on the kernel loop whenever
/// a disposable starts, in the order of the plugins, until one has a machine. What it throws is logged, and the disposable is booted.
/// </summary>
public interface IDisposableCloner
{
    /// <summary>
    /// A machine that was restored for the qube with its processors stopped and its volumes started, or why it is to be booted.
    /// </summary>
    /// <param name="disposable">Being started; its volumes are not started yet.</param>
    /// <param name="spec">What it would be booted with; without volumes.</param>
    /// <param name="cancel">Ends it; the volumes are stopped again.</param>
    Task<CloneAnswer> TryCloneAsync(IQube disposable, MachineSpec spec, CancellationToken cancel);

    /// <summary>
    /// The copy could not be given an identity of its own: it was destroyed and nobody had it. The disposable is booted next.
    /// </summary>
    /// <param name="disposable">Whose machine it was to be.</param>
    /// <param name="reason">One line.</param>
    void Failed(IQube disposable, string reason);

    /// <summary>The copy has an identity of its own, and is in use.</summary>
    void Succeeded(IQube disposable);
}
