namespace Qubes.Qrexec.Protocol;

/// <summary>A call from a guest, from any of the three TRIGGER_SERVICE messages, sanitised (spec: protocol, section 4).</summary>
/// <param name="Source">The qube that it claims to speak for; empty before protocol 4.</param>
/// <param name="Target">The target asked for; may be empty.</param>
/// <param name="Id">As received; goes back with the answer.</param>
/// <param name="Service">Service with argument; harmless, but meaningless if <paramref name="Fault"/> is set.</param>
/// <param name="Fault">Why the call must be refused at once, or null.</param>
public sealed record TriggerRequest(string Source, string Target, RequestId Id, string Service, string? Fault)
{
    // protocol 2, TRIGGER_SERVICE :  64 service             32 target              32 request id
    // protocol 3, TRIGGER_SERVICE3:  64 target              32 request id          1… service + NUL
    // protocol 4, TRIGGER_SERVICE4:  64 source  64 target   32 request id          1… service + NUL

    /// <summary>Parses a body; a bad service or id is a <see cref="Fault"/>, not an exception.</summary>
    /// <param name="type">One of the three types.</param>
    /// <param name="version">The version that the connection speaks.</param>
    /// <param name="body">The body.</param>
    /// <exception cref="QrexecViolationException">The type is not allowed under this version, or the length is impossible.</exception>
    public static TriggerRequest Parse(MessageType type, int version, ReadOnlySpan<byte> body)
    {
        var allowed = type switch
        {
            MessageType.TriggerService => version < 3,
            MessageType.TriggerService3 => version >= 3,
            MessageType.TriggerService4 => version >= 4,
            _ => false,
        };
        if (!allowed)
            throw new QrexecViolationException($"message type 0x{(int)type:x} is not allowed under protocol {version}");
        return type == MessageType.TriggerService ? ParseFixed(body) : ParseTrailing(type == MessageType.TriggerService4, body);
    }

    /// <summary>The wire form under protocol 4.</summary>
    /// <exception cref="ArgumentException">A text is too long or not Latin-1.</exception>
    public byte[] Encode()
    {
        if (Source.Length >= QrexecLimits.NameWidth || Target.Length >= QrexecLimits.NameWidth)
            throw new ArgumentException($"a name has at most {QrexecLimits.NameWidth - 1} characters");
        var body = new byte[2 * QrexecLimits.NameWidth + RequestId.Width + Service.Length + 1];
        var latin = System.Text.Encoding.Latin1;
        latin.GetBytes(Source, body);
        latin.GetBytes(Target, body.AsSpan(QrexecLimits.NameWidth));
        Id.Write(body.AsSpan(2 * QrexecLimits.NameWidth));
        latin.GetBytes(Service, body.AsSpan(2 * QrexecLimits.NameWidth + RequestId.Width));
        return QrexecMessage.Encode(MessageType.TriggerService4, body);
    }

    private static TriggerRequest ParseFixed(ReadOnlySpan<byte> body)
    {
        const int size = QrexecLimits.NameWidth + QrexecLimits.NameWidth / 2 + RequestId.Width;
        if (body.Length != size)
            throw new QrexecViolationException($"a TRIGGER_SERVICE has {body.Length} bytes; {size} are due");
        // The field is NUL-padded, not NUL-terminated like the later ones: what follows the text does not count.
        var name = body[..QrexecLimits.NameWidth];
        var end = name.IndexOf((byte)0);
        return Judge("", body[QrexecLimits.NameWidth..^RequestId.Width], body[^RequestId.Width..],
            end < 0 ? name : name[..(end + 1)]);
    }

    private static TriggerRequest ParseTrailing(bool hasSource, ReadOnlySpan<byte> body)
    {
        var targetAt = hasSource ? QrexecLimits.NameWidth : 0;
        var idAt = targetAt + QrexecLimits.NameWidth;
        var serviceAt = idAt + RequestId.Width;
        if (body.Length <= serviceAt || body.Length - serviceAt > QrexecLimits.ServiceName)
        {
            throw new QrexecViolationException(
                $"a call has {body.Length} bytes; {serviceAt + 1} to {serviceAt + QrexecLimits.ServiceName} are allowed");
        }

        return Judge(Sanitizer.Name(body[..targetAt]), body[targetAt..idAt], body[idAt..serviceAt], body[serviceAt..]);
    }

    private static TriggerRequest Judge(string source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> id, ReadOnlySpan<byte> service)
    {
        var requestId = RequestId.Read(id);
        string? fault = null;
        if (service.IndexOf((byte)0) != service.Length - 1)
            fault = "the service does not end at its only NUL";
        else if (service.Length == 1)
            fault = "the service is empty";
        else if (service[0] == (byte)'+')
            fault = "the service has no name before its argument";
        else if (!requestId.IsValid)
            fault = "the request id has other characters than letters, digits, space, _ - and .";
        var text = service[^1] == 0 ? service[..^1] : service;
        return new TriggerRequest(source, Sanitizer.Name(target), requestId, Sanitizer.Service(text), fault);
    }
}
