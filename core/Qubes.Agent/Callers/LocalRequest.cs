using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Callers;

/// <summary>The one message that a program of this guest sends to ask for a call (spec: protocol, section 8).</summary>
internal sealed class LocalRequest
{
    // header    type TRIGGER_SERVICE4
    //   0   64  source, NUL-padded; empty unless it speaks for another qube
    //  64   64  target, NUL-padded
    // 128   32  "SOCKET", NUL-padded
    // 160   2…  service, its only NUL at the very end

    /// <summary>What every program calls its request; the agent puts a name of its own in its place.</summary>
    public static readonly RequestId AskedAs = RequestId.FromText("SOCKET");

    private const int IdAt = 2 * QrexecLimits.NameWidth;
    private readonly ReadOnlyMemory<byte> body;

    private LocalRequest(ReadOnlyMemory<byte> body) => this.body = body;

    /// <summary>Whether it speaks for another qube.</summary>
    private bool HasSource => body.Span[0] != 0;

    /// <summary>Takes a message that the host will not take offence at.</summary>
    /// <exception cref="QrexecViolationException">It is another message, or anything but its names is malformed.</exception>
    public static LocalRequest Parse(QrexecMessage message)
    {
        if (message.Type != MessageType.TriggerService4)
            throw new QrexecViolationException($"message type 0x{(int)message.Type:x} does not begin a call here");
        var request = TriggerRequest.Parse(message.Type, ProtocolVersion.Current, message.Body.Span);
        if (request.Fault is not null)
            throw new QrexecViolationException(request.Fault);
        if (request.Id != AskedAs)
            throw new QrexecViolationException($"the request id is not {AskedAs.Text}");
        return new LocalRequest(message.Body);
    }

    /// <summary>The message for the host, under the version that it speaks and with another id; null if it has no words for it.</summary>
    public byte[]? Encode(int version, RequestId id)
    {
        if (version < 3 || (version < 4 && HasSource))
            return null;
        var type = version < 4 ? MessageType.TriggerService3 : MessageType.TriggerService4;
        var skipped = version < 4 ? QrexecLimits.NameWidth : 0;
        var message = QrexecMessage.Encode(type, body.Span[skipped..]);
        id.Write(message.AsSpan(MessageHeader.Size + IdAt - skipped));
        return message;
    }
}
