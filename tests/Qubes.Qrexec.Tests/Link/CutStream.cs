using System.Net.Sockets;

namespace Qubes.Qrexec.Tests.Link;

/// <summary>A socket's stream that stops writing in the middle, as a killed daemon does, and leaves the socket open.</summary>
internal sealed class CutStream(Socket socket) : NetworkStream(socket, false)
{
    public int CutAfter { get; set; } = int.MaxValue;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, CutAfter);
        await base.WriteAsync(buffer[..count], cancellationToken);
        if (CutAfter != int.MaxValue)
            CutAfter -= count;
        if (CutAfter == 0)
            throw new IOException("killed");
    }
}
