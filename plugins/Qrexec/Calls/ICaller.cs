using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Whoever waits for the answer to its call: the agent of a guest, or a program on the host.</summary>
internal interface ICaller
{
    /// <summary>Who it is.</summary>
    CallSource Source { get; }

    /// <summary>The number by which the target knows it: the guest's id, 0 for the host.</summary>
    int Domain { get; }

    /// <summary>Cancelled when the caller has gone, and its call is pointless.</summary>
    CancellationToken Left { get; }

    /// <summary>
    /// Tells the caller that its call is accepted and where its peer is; returns its end of the data connection, whose first bytes
    /// are a HELLO. Called at most once.
    /// </summary>
    /// <param name="domain">The peer: 0 for the host.</param>
    /// <param name="port">A data port of the peer; 0: the caller's side chooses one, since the peer is the host.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VchanClosedException">The caller has gone, or did not connect in time.</exception>
    Task<IVchan> AcceptAsync(int domain, int port, CancellationToken cancel);

    /// <summary>Tells the caller that there will be no connection. Quiet when it has gone.</summary>
    Task RefuseAsync(CancellationToken cancel);
}
