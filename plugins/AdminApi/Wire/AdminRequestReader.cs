using System.Buffers;
using System.Net.Sockets;
using Qubes.Plugins.AdminApi.Sockets;

namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>Reads one request to its end of file without ever holding more than a client has sent, or may send.</summary>
internal static class AdminRequestReader
{
    private const int FirstBuffer = 1024;

    /// <summary>The bytes of the request, or null when there are more than allowed. Does not wait when all is there.</summary>
    /// <exception cref="OperationCanceledException">The client took longer than its time, others need its place, or the daemon stops.</exception>
    public static ValueTask<byte[]?> ReadAsync(
        Socket socket, UnfinishedRequests unfinished, TimeProvider time, TimeSpan patience, CancellationToken stopping)
    {
        Span<byte> first = stackalloc byte[FirstBuffer];
        int length = 0;
        while (length < first.Length && Posix.ReceiveAtOnce(socket, first[length..]) is >= 0 and var read)
        {
            if (read == 0)
                return ValueTask.FromResult<byte[]?>(first[..length].ToArray());
            length += read;
        }
        return ReadRestAsync(socket, first[..length].ToArray(), unfinished, time, patience, stopping);
    }

    private static async ValueTask<byte[]?> ReadRestAsync(
        Socket socket, byte[] start, UnfinishedRequests unfinished, TimeProvider time, TimeSpan patience, CancellationToken stopping)
    {
        using var tooLong = new CancellationTokenSource(patience, time);
        using var stay = unfinished.Enter(tooLong.Token, stopping);
        // Waits for more without a buffer: a client that only connects costs a socket and little else.
        await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, stay.Dropped);

        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            start.CopyTo(buffer, 0);
            int length = start.Length;
            while (true)
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                int read = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.None, stay.Dropped);
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
