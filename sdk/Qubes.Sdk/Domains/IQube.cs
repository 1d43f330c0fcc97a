using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Domains;

/// <summary>
/// A qube: a name with properties, features, tags and volumes, and the machine that runs it, if any. All members are used
/// on the kernel loop; the operations come back to it.
/// </summary>
public interface IQube
{
    /// <summary>At most 31 characters, <c>[A-Za-z][A-Za-z0-9_.-]*</c>; never changes.</summary>
    string Name { get; }

    /// <summary>0 for the host, else 1 to 9999, unique; never changes.</summary>
    int Qid { get; }

    /// <summary>Random, unique over time; all zero for the host.</summary>
    Guid Uuid { get; }

    /// <summary>The kind of qube.</summary>
    QubeClass Class { get; }

    /// <summary>The declared properties of the qube's class.</summary>
    IProperties Properties { get; }

    /// <summary>The open map.</summary>
    IFeatures Features { get; }

    /// <summary>The tags.</summary>
    ITags Tags { get; }

    /// <summary>What people noted about the qube: any text, empty for none. At most 256,000 bytes of UTF-8; setting it is kept.</summary>
    /// <exception cref="ProtocolException">Longer, or with control characters other than tab and line feed.</exception>
    string Notes { get; set; }

    /// <summary>Rules for the qube's network traffic, first match first; what none matches is dropped. Setting them is kept.</summary>
    IReadOnlyList<FirewallRule> Firewall { get; set; }

    /// <summary>Volumes in configuration order: root, private, volatile, kernel. Empty for the host.</summary>
    IReadOnlyList<Volume> Volumes { get; }

    /// <summary>The qube this one is based on; null for the host, templates and standalones.</summary>
    IQube? Template { get; }

    /// <summary>The state, computed from the machine and its agent.</summary>
    PowerState PowerState { get; }

    /// <summary>The running machine; null while halted.</summary>
    IMachine? Machine { get; }

    /// <summary>Starts the qube; returns at once when it is not halted (spec: domain model, section 8.1).</summary>
    /// <exception cref="QubesException">A veto, missing storage, a machine that does not come up.</exception>
    Task StartAsync(CancellationToken cancel);

    /// <summary>
    /// Asks the guest to power off. Without <paramref name="wait"/> the machine is ended by force if it still runs after
    /// the property <c>shutdown_timeout</c>.
    /// </summary>
    /// <param name="force">Also when paused, or when others depend on it.</param>
    /// <param name="wait">Return only when the qube is halted and every handler of its shutdown has finished.</param>
    /// <param name="cancel">Ends the waiting, not the shutdown.</param>
    /// <exception cref="QubeNotStartedException">It is halted.</exception>
    /// <exception cref="ShutdownTimeoutException">With wait: still running after <c>shutdown_timeout</c>.</exception>
    Task ShutdownAsync(bool force, bool wait, CancellationToken cancel);

    /// <summary>Ends the machine at once; returns when every handler of the shutdown has finished.</summary>
    /// <exception cref="QubeNotStartedException">It is halted.</exception>
    Task KillAsync(CancellationToken cancel);

    /// <summary>
    /// Ends a disposable that is removed when it stops, and returns when that is certain, before it is done: the clean-up is
    /// off the caller's path, and the next daemon finishes it if this one does not. Other qubes are killed as by
    /// <see cref="KillAsync"/>.
    /// </summary>
    /// <exception cref="QubeNotStartedException">It is halted, or ending already.</exception>
    Task DestroyAsync(CancellationToken cancel) => KillAsync(cancel);

    /// <summary>Stops the machine's processors.</summary>
    /// <exception cref="QubeNotRunningException">It is not running.</exception>
    Task PauseAsync(CancellationToken cancel);

    /// <summary>Lets a paused machine run on.</summary>
    /// <exception cref="QubeNotPausedException">It is not paused.</exception>
    Task UnpauseAsync(CancellationToken cancel);
}
