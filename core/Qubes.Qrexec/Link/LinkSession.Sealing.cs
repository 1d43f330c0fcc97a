using System.Security.Cryptography;

namespace Qubes.Qrexec.Link;

/// <content>Sealing a guest before it is frozen, and telling its copies who they are.</content>
internal sealed partial class LinkSession
{
    private readonly byte[] sample = new byte[LinkIdentity.SampleSize];
    private byte[] body = [];
    private int bodyLeft;
    private byte[]? identityDue;
    private IdentityOutcome? sealAnswerDue;
    private IdentityOutcome? identityAnswerDue;
    private bool sealIsDue;
    private bool awaitsSealed;
    private bool awaitsIdentified;

    /// <summary>A guest's: it takes nothing but an identity. Outlives the connection.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>A host's: asks the guest to seal itself.</summary>
    public void Seal() => sealIsDue = awaitsSealed = true;

    /// <summary>A host's, before anything is sent: tells a sealed guest who it is. Nothing else may come before its answer.</summary>
    public void Identify(LinkIdentity identity)
    {
        identityDue = identity.Encode();
        awaitsIdentified = true;
    }

    /// <summary>A guest's: whether it is sealed now.</summary>
    public void AnswerSeal(IdentityOutcome outcome)
    {
        IsSealed = outcome == IdentityOutcome.Done;
        sealAnswerDue = IsEstablished ? outcome : null;
    }

    /// <summary>A guest's: what came of the identity. Only one that was done lifts the seal.</summary>
    public void AnswerIdentity(IdentityOutcome outcome, ReadOnlySpan<byte> drawn)
    {
        if (outcome == IdentityOutcome.Done)
        {
            drawn.CopyTo(sample);
            IsSealed = false;
        }

        identityAnswerDue = outcome;
    }

    private bool SealingIsDue => sealIsDue || identityDue is not null || sealAnswerDue is not null || identityAnswerDue is not null;

    // DATA, CREDIT and CLOSE of channels that were closed by the seal, or opened after it, are on their way and mean nothing.
    private bool MayCome(LinkFrameType type) => role == LinkRole.Host
        ? !awaitsIdentified || type == LinkFrameType.Identified
        : !IsSealed || type is LinkFrameType.Fill or LinkFrameType.Ping or LinkFrameType.Identity
            or LinkFrameType.Open or LinkFrameType.Data or LinkFrameType.Credit or LinkFrameType.Close;

    private void JudgeSealing(LinkFrame frame)
    {
        switch (frame.Type)
        {
            case LinkFrameType.Seal when role == LinkRole.Guest && frame.Value == 0:
                BecomeSealed();
                break;
            case LinkFrameType.Identity when role == LinkRole.Guest && frame.Value is >= LinkIdentity.LeastSize and <= LinkIdentity.LargestSize:
                Gather((int)frame.Value);
                break;
            case LinkFrameType.Sealed when awaitsSealed && IsKnown(frame.Value):
                awaitsSealed = false;
                if (frame.Value == (uint)IdentityOutcome.Done)
                    ForgetReports();
                user.SealAnswered((IdentityOutcome)frame.Value);
                break;
            case LinkFrameType.Identified when awaitsIdentified && frame.Value == (uint)IdentityOutcome.Done:
                Gather(LinkIdentity.SampleSize);
                break;
            case LinkFrameType.Identified when awaitsIdentified && IsKnown(frame.Value):
                awaitsIdentified = false;
                user.IdentityAnswered((IdentityOutcome)frame.Value, []);
                break;
            default:
                throw new LinkViolationException($"a frame of type {(byte)frame.Type} with value {frame.Value} is not allowed here");
        }
    }

    private void BecomeSealed()
    {
        IsSealed = true;
        ForgetReports();
        // The host hears no CLOSE: it might take that for the end of everything, and not wait for the answer.
        foreach (var channel in channels.Values)
            (channel.IsClosedHere, channel.OpenIsDue, channel.CloseIsDue) = (true, false, false);
        user.SealAsked();
    }

    private static bool IsKnown(uint outcome) => outcome <= (uint)IdentityOutcome.Services;

    private void Gather(int size)
    {
        body = new byte[size];
        bodyLeft = size;
    }

    private void TakeBody(ref ReadOnlySpan<byte> input)
    {
        var chunk = input[..Math.Min(bodyLeft, input.Length)];
        chunk.CopyTo(body.AsSpan(body.Length - bodyLeft));
        bodyLeft -= chunk.Length;
        input = input[chunk.Length..];
        if (bodyLeft > 0)
            return;
        if (role == LinkRole.Host)
        {
            awaitsIdentified = false;
            user.IdentityAnswered(IdentityOutcome.Done, body);
        }
        else
        {
            using var identity = LinkIdentity.TryRead(body);
            CryptographicOperations.ZeroMemory(body);
            user.IdentityTold(identity);
        }

        body = [];
    }

    private void WriteSealing(ref Span<byte> room)
    {
        if (identityDue is { } identity && room.Length >= LinkFrame.Size + identity.Length)
        {
            TryWrite(ref room, new LinkFrame(LinkFrameType.Identity, 0, (uint)identity.Length));
            identity.CopyTo(room);
            room = room[identity.Length..];
            CryptographicOperations.ZeroMemory(identity);
            identityDue = null;
        }

        if (sealIsDue && TryWrite(ref room, new LinkFrame(LinkFrameType.Seal, 0, 0)))
            sealIsDue = false;
        if (sealAnswerDue is { } answer && TryWrite(ref room, new LinkFrame(LinkFrameType.Sealed, 0, (uint)answer)))
            sealAnswerDue = null;
        if (identityAnswerDue is { } outcome && room.Length >= LinkFrame.Size + sample.Length)
        {
            TryWrite(ref room, new LinkFrame(LinkFrameType.Identified, 0, (uint)outcome));
            identityAnswerDue = null;
            if (outcome != IdentityOutcome.Done)
                return;
            sample.CopyTo(room);
            room = room[sample.Length..];
            CryptographicOperations.ZeroMemory(sample);
        }
    }

    /// <summary>Whatever was on its way is void; whether a guest is sealed is not.</summary>
    private void ForgetAnswers()
    {
        CryptographicOperations.ZeroMemory(body);
        body = [];
        bodyLeft = 0;
        identityDue = null;
        sealAnswerDue = identityAnswerDue = null;
        sealIsDue = awaitsSealed = awaitsIdentified = false;
    }
}
