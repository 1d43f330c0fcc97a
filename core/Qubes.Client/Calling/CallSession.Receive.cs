using Qubes.Client.Native;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;

namespace Qubes.Client.Calling;

/// <content>From the service.</content>
internal sealed partial class CallSession
{
    private readonly byte[] received = GC.AllocateUninitializedArray<byte>(2 * QrexecLimits.LargeChunk);
    private readonly MessageDecoder greeting = new();
    private DataDecoder? decoder;
    private Sink? heldUpBy;
    private int version;
    private int start;
    private int end;

    private bool HasReceived => start < end;

    private void Receive()
    {
        var count = Descriptors.Read(vchan, received);
        if (count < 0 && Libc.WasTransient)
            return;
        isVchanClosed = count <= 0;
        (start, end) = (0, Math.Max(count, 0));
        if (decoder is null && HasReceived)
            TakeHello();
        Deliver();
    }

    private void TakeHello()
    {
        ReadOnlySpan<byte> input = received.AsSpan(start, end - start);
        var hello = greeting.Read(ref input);
        start = end - input.Length;
        if (hello is null)
            return;
        version = ProtocolVersion.Negotiate(hello.ReadHello());
        decoder = new DataDecoder(version);
        if (!prefix.IsEmpty && !HasToSend)
            PutPrefix();
    }

    /// <summary>Passes on as much as the local ends take.</summary>
    private void Deliver()
    {
        heldUpBy = null;
        while (HasReceived && heldUpBy is null)
        {
            var count = decoder!.TryRead(received.AsSpan(start, end - start), out var type, out var skipped, out var isLast);
            start += skipped;
            if (count < 0)
            {
                start = end;
                return;
            }

            var taken = Deliver(type, received.AsSpan(start, count), isLast);
            start += taken;
            if (taken < count)
                decoder.PutBack(count - taken);
        }
    }

    private int Deliver(MessageType type, Span<byte> piece, bool isLast)
    {
        switch (type)
        {
            case MessageType.DataExitCode:
                exitCode.Take(piece, isLast);
                StopInput();
                return piece.Length;
            case MessageType.DataStderr:
                return Write(ends.Error, piece);
            default:
                if (piece.IsEmpty)
                    ends.Output.Close();
                return Write(ends.Output, piece);
        }
    }

    private int Write(Sink sink, Span<byte> piece)
    {
        var taken = sink.Write(piece);
        if (taken < piece.Length)
            heldUpBy = sink;
        return taken;
    }

    // Whatever comes now has nobody to go to; a program that goes on writing learns so.
    private void StopInput()
    {
        if (exitCode.Code is null)
            return;
        input = -1;
        ends.Program?.StopOutput();
    }
}
