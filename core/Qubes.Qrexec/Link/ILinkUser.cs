namespace Qubes.Qrexec.Link;

/// <summary>Hears what arrives over a <see cref="LinkSession"/>, from within <see cref="LinkSession.Receive"/>.</summary>
internal interface ILinkUser
{
    /// <summary>The greeting has come: the session begins.</summary>
    void Established();

    /// <summary>To a guest: the host started anew. All channels are gone, and a new greeting will follow.</summary>
    void Interrupted();

    /// <summary>The peer opened a channel.</summary>
    void Opened(LinkEnd channel);

    /// <summary>Bytes arrived; each must be given to <see cref="LinkSession.Consume"/> in time. The span is gone afterwards.</summary>
    void Received(LinkEnd channel, ReadOnlySpan<byte> data);

    /// <summary>There is credit for sending again.</summary>
    void Credited(LinkEnd channel);

    /// <summary>The peer closed the channel; it still has to be closed here.</summary>
    void ClosedByPeer(LinkEnd channel);

    /// <summary>A ping was answered.</summary>
    void Answered(uint token);

    /// <summary>The host asks the guest to power off.</summary>
    void PowerOffRequested();

    /// <summary>The host tells the time, seconds since 1970 UTC.</summary>
    void TimeTold(uint seconds);

    /// <summary>To a guest: end what runs, and answer (<see cref="LinkSession.AnswerSeal"/>). It is sealed already.</summary>
    void SealAsked();

    /// <summary>
    /// To a guest: its identity, null if it is malformed; to be answered at once (<see cref="LinkSession.AnswerIdentity"/>).
    /// </summary>
    void IdentityTold(LinkIdentity? identity);

    /// <summary>To a host: the guest was asked to seal itself, and this came of it.</summary>
    void SealAnswered(IdentityOutcome outcome);

    /// <summary>To a host: what came of the identity; the sample is empty unless all was done, and gone afterwards.</summary>
    void IdentityAnswered(IdentityOutcome outcome, ReadOnlySpan<byte> sample);

    /// <summary>
    /// To a guest: tell how much memory is used (<see cref="LinkSession.TellUse"/>), at most once in so many milliseconds; 0: no more.
    /// </summary>
    void ReportsAsked(int milliseconds)
    {
        // One that cannot tell is asked in vain.
    }

    /// <summary>To a host that asked: so many KiB of the guest's memory are neither free nor could be made free at once.</summary>
    void UseTold(uint kib)
    {
        // Nothing comes before somebody asks.
    }
}
