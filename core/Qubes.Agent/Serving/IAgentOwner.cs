using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Serving;

/// <summary>What the link asks of whoever runs the agent.</summary>
internal interface IAgentOwner
{
    /// <summary>The host connects to a vchan: who serves it; null = nobody, it is closed.</summary>
    ChannelUser? Accept(VchanAddress address);

    /// <summary>All channels are gone.</summary>
    void LinkLost();

    /// <summary>The host wants the guest to power off.</summary>
    void PowerOff();

    /// <summary>The host tells the time, seconds since 1970 UTC.</summary>
    void SetClock(uint seconds);
}
