using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Serving;

/// <summary>How the agent reaches the other ends of vchans.</summary>
internal interface ITransport
{
    /// <summary>Whether programs of this guest serve their vchans to the agent, which passes them on; otherwise to the peer itself.</summary>
    bool CarriesCallers { get; }

    /// <summary>Connects a user to a vchan that a peer serves; false if there are too many already.</summary>
    bool TryOpen(VchanAddress address, ChannelUser user);

    /// <summary>Moves what can be moved now; true if there is more to do at once.</summary>
    bool Work();
}
