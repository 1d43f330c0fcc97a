using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Data;

/// <summary>The HELLO at the start of a data connection (spec: protocol, section 3).</summary>
public static class DataHandshake
{
    private const int HelloSize = MessageHeader.Size + 4;

    /// <summary>Exchanges HELLO and returns the version spoken.</summary>
    /// <param name="vchan">The fresh connection.</param>
    /// <param name="sendFirst">False only on the host side of a call to the host, which reads first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="QrexecViolationException">The peer said something else, or an old version.</exception>
    /// <exception cref="EndOfStreamException">It closed instead.</exception>
    /// <exception cref="VchanClosedException">It closed instead.</exception>
    public static async Task<int> ExchangeAsync(IVchan vchan, bool sendFirst, CancellationToken cancel)
    {
        var ours = QrexecMessage.EncodeHello(ProtocolVersion.Current);
        if (sendFirst)
            await vchan.WriteAsync(ours, cancel).ConfigureAwait(false);
        var version = ProtocolVersion.Negotiate(await ReadHelloAsync(vchan, cancel).ConfigureAwait(false));
        if (!sendFirst)
            await vchan.WriteAsync(ours, cancel).ConfigureAwait(false);
        return version;
    }

    // Reads exactly the HELLO: what comes behind it belongs to whoever serves the connection.
    private static async Task<int> ReadHelloAsync(IVchan vchan, CancellationToken cancel)
    {
        var decoder = new MessageDecoder();
        var buffer = new byte[HelloSize];
        for (var wanted = HelloSize; ;)
        {
            var count = await vchan.ReadAsync(buffer.AsMemory(0, wanted), cancel).ConfigureAwait(false);
            if (count == 0)
                throw new EndOfStreamException("the data connection was closed before its HELLO");
            if (Take(decoder, buffer.AsSpan(0, count)) is { } message)
                return message.ReadHello();
            wanted -= count;
            if (wanted == 0)
                throw new QrexecViolationException("a HELLO of 4 bytes was due");
        }
    }

    private static QrexecMessage? Take(MessageDecoder decoder, ReadOnlySpan<byte> input) => decoder.Read(ref input);
}
