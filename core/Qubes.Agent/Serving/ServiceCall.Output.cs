using System.Runtime.InteropServices;
using Qubes.Agent.Native;
using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Serving;

/// <content>From the service to the caller.</content>
internal sealed partial class ServiceCall
{
    private bool isHelloSent;
    private bool isExitCodeSent;

    /// <inheritdoc/>
    public override int Produce(Span<byte> room)
    {
        if (isOver)
            return 0;
        if (!isHelloSent)
        {
            isHelloSent = true;
            return Write(room, QrexecMessage.EncodeHello(ProtocolVersion.Current));
        }

        if (isExitCodeSent)
        {
            // The code is on its way: the connection has served its purpose.
            Closed();
            Pipe.Close();
            return 0;
        }

        if (service is null)
            return 0;
        // A stream that never was is closed before anything else is said.
        var (first, second) = error.Descriptor < 0 ? (error, output) : (output, error);
        if (isConnected && (Produce(room, first) is > 0 and var count || (count = Produce(room, second)) > 0))
            return count;
        if (exitCode is not { } code || (isConnected && !(output.IsEndSent && error.IsEndSent)))
            return 0;
        isExitCodeSent = true;
        return Write(room, QrexecMessage.EncodeExitCode(code));
    }

    private int Produce(Span<byte> room, ServiceOutput stream)
    {
        if (stream.IsEndSent)
            return 0;
        if (stream.Descriptor >= 0)
        {
            if (!stream.IsReadable || isGreetingDue)
                return 0;
            // Read behind the room for the header: the bytes are where they are sent from.
            var body = room[MessageHeader.Size..];
            var count = Descriptors.Read(stream.Descriptor, body[..Math.Min(body.Length, ProtocolVersion.MaxChunk(version))]);
            if (count > 0)
            {
                new MessageHeader(stream.Type, count).Write(room);
                return MessageHeader.Size + count;
            }

            if (count < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted)
            {
                stream.IsReadable = false;
                return 0;
            }

            Close(stream);
        }

        stream.IsEndSent = true;
        EndSocketIfDone();
        return Write(room, QrexecMessage.Encode(stream.Type, []));
    }

    private void BecameReadable(ServiceOutput stream)
    {
        stream.IsReadable = true;
        Pipe.Ready();
    }

    private static int Write(Span<byte> room, ReadOnlySpan<byte> message)
    {
        message.CopyTo(room);
        return message.Length;
    }
}
