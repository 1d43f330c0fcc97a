using Qubes.Qrexec.Link;

namespace Qubes.Agent.Serving;

/// <summary>What the link asks of whoever runs the agent.</summary>
internal interface IAgentOwner
{
    /// <summary>The host opened a channel: who uses it; null = nobody, it is closed.</summary>
    ChannelUser? Accept(LinkEnd channel);

    /// <summary>All channels are gone.</summary>
    void LinkLost();

    /// <summary>The host wants the guest to power off.</summary>
    void PowerOff();
}
