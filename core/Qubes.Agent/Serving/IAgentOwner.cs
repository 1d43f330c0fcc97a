using Qubes.Qrexec.Link;
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

    /// <summary>
    /// All channels are gone, and this guest is to serve nothing before it has an identity. The answer may take a while, or never
    /// come if the link is lost before.
    /// </summary>
    void Seal(Action<IdentityOutcome> answer);

    /// <summary>Takes an identity, null if it was malformed; fills the sample if all was done.</summary>
    IdentityOutcome TakeIdentity(LinkIdentity? identity, Span<byte> sample);

    /// <summary>
    /// The host wants to be told how many KiB of memory are used, at most once in so many milliseconds; 0: no more. Ends with the link,
    /// and with a seal.
    /// </summary>
    void ReportMemory(int milliseconds, Action<uint> tell);
}
