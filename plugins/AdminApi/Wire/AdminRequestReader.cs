using System.Buffers;
using System.Net.Sockets;

namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>Reads one request to its end of file without ever holding more than a client has sent, or may send.</summary>
internal static class AdminRequestReader
{
    private const int FirstBuffer = 1024;

    /// <summary>The bytes of the request, or null when there are more than allowed.</summary>
    public static async Task<byte[]?> ReadAsync(Socket socket, CancellationToken cancel)
    {
        // Waits for the first byte without a buffer: a client that only connects costs a socket and nothing else.
        await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancel);

        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            int length = 0;
            while (true)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                int read = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, cancel);
                if (read == 0)
                    return buffer[..length];
                length += read;
                if (length > AdminRequestParser.MaxLength)
                    return null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, AdminRequestParser.MaxLength + 1));
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
