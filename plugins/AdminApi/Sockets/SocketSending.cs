using System.Net.Sockets;

namespace Qubes.Plugins.AdminApi.Sockets;

internal static class SocketSending
{
    /// <summary>Sends everything; a single send on a non-blocking stream socket may take less.</summary>
    public static async Task SendFullyAsync(this Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancel)..];
    }
}
