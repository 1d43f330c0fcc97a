namespace Qubes.Qrexec.Protocol;

/// <summary>The body of SERVICE_CONNECT: the caller's side is to serve a data connection.</summary>
/// <param name="Parameters">The peer that will connect, and the port to serve.</param>
/// <param name="Id">The pending call that this answers.</param>
public sealed record ServiceConnect(ExecParameters Parameters, RequestId Id)
{
    // offset 0  8 bytes    exec parameters
    //        8  1…32 bytes request id, NUL-padded

    /// <summary>Parses a body.</summary>
    /// <exception cref="QrexecViolationException">It has fewer than 9 or more than 40 bytes.</exception>
    public static ServiceConnect Parse(ReadOnlySpan<byte> body)
    {
        var parameters = ExecParameters.Read(body);
        return new ServiceConnect(parameters, RequestId.Read(body[ExecParameters.Size..]));
    }

    /// <summary>The wire form.</summary>
    public byte[] Encode()
    {
        Span<byte> body = stackalloc byte[ExecParameters.Size + RequestId.Width];
        Parameters.Write(body);
        Id.Write(body[ExecParameters.Size..]);
        return QrexecMessage.Encode(MessageType.ServiceConnect, body);
    }
}
