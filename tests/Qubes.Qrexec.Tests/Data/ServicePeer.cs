using System.Text;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Tests.Data;

/// <summary>The service's side of a data connection, driven by hand.</summary>
internal sealed class ServicePeer(IVchan vchan) : IAsyncDisposable
{
    public IVchan Vchan => vchan;

    public MemoryStream Output { get; } = new();

    public MemoryStream Error { get; } = new();

    public Task<int> Caller { get; set; } = null!;

    public ValueTask SendAsync(MessageType type, byte[] body) => vchan.WriteAsync(QrexecMessage.Encode(type, body), default);

    /// <summary>Reads what the caller sends up to its end of file.</summary>
    public async Task<string> ReadInputAsync()
    {
        var decoder = new DataDecoder(4);
        var text = new StringBuilder();
        var buffer = new byte[100];
        while (await vchan.ReadAsync(buffer, default) is > 0 and var count)
        {
            ReadOnlyMemory<byte> input = buffer.AsMemory(0, count);
            while (decoder.TryRead(ref input, out var piece))
            {
                if (piece.Bytes.IsEmpty)
                    return text.ToString();
                text.Append(Encoding.UTF8.GetString(piece.Bytes.Span));
            }
        }

        throw new EndOfStreamException("the input had no end");
    }

    public ValueTask DisposeAsync() => vchan.DisposeAsync();
}
