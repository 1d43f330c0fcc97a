using Qubes.Client.Native;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Calling;

/// <content>Towards the service.</content>
internal sealed partial class CallSession
{
    // A message's body is read behind the room for its header, so that both go out in one write.
    private readonly byte[] sending = GC.AllocateUninitializedArray<byte>(MessageHeader.Size + QrexecLimits.LargeChunk);
    private ReadOnlyMemory<byte> prefix;
    private int input;
    private int sent;
    private int filled;
    private bool isEndSent;
    private bool isInputHungUp;
    private bool isDeaf;

    private bool HasToSend => sent < filled;

    private bool MayTakeInput => version > 0 && !HasToSend && input >= 0;

    private void Send()
    {
        while (HasToSend && !isDeaf)
        {
            var count = Descriptors.Write(vchan, sending.AsSpan(sent, filled - sent));
            if (count < 0 && Libc.WasTransient)
                return;
            // A peer that takes nothing more has gone; what it said before is still there to be read.
            isDeaf = count < 0;
            sent += Math.Max(count, 0);
            if (!HasToSend && version > 0 && !prefix.IsEmpty)
                PutPrefix();
        }

        if (isDeaf)
            (sent, filled, input) = (0, 0, -1);
    }

    private void TakeInput()
    {
        var room = sending.AsSpan(MessageHeader.Size, ProtocolVersion.MaxChunk(version));
        var count = Descriptors.Read(input, room);
        if (count < 0 && Libc.WasTransient)
            return;
        // Whoever closed the pipe may have asked for the socket before.
        if (count == 0 && ends.Program is { } program && program.IsSocketRequested)
        {
            UseSocket();
            return;
        }

        // A terminal or socket that went away is an input that ended.
        PutBody(Math.Max(count, 0));
        if (count <= 0)
            input = -1;
    }

    private void UseSocket()
    {
        var next = ends.Program!.UseSocket();
        if (!isEndSent && !isDeaf && exitCode.Code is null)
            input = next;
    }

    private void PutPrefix()
    {
        var count = Math.Min(prefix.Length, ProtocolVersion.MaxChunk(version));
        prefix[..count].CopyTo(sending.AsMemory(MessageHeader.Size));
        prefix = prefix[count..];
        PutBody(count);
    }

    private void PutBody(int length)
    {
        new MessageHeader(MessageType.DataStdin, length).Write(sending);
        (sent, filled) = (0, MessageHeader.Size + length);
        isEndSent |= length == 0;
    }

    private void Put(ReadOnlySpan<byte> message)
    {
        message.CopyTo(sending);
        (sent, filled) = (0, message.Length);
    }

    /// <summary>The service has ended: it is told that the input has, too, unless something is stuck that nobody will take.</summary>
    private void SendLastEnd()
    {
        if (exitCode.Code is null || isEndSent || HasToSend || isDeaf)
            return;
        PutBody(0);
        Send();
    }
}
