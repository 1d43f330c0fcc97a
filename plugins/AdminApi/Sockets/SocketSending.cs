using System.Net.Sockets;

namespace Qubes.Plugins.AdminApi.Sockets;

internal static class SocketSending
{
    /// <summary>
    /// Sends everything: at once what the socket takes at once, the rest as the client reads, who has a time for it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client took too long, or the daemon stops.</exception>
    public static ValueTask SendFullyAsync(
        this Socket socket, ReadOnlyMemory<byte> bytes, TimeProvider time, TimeSpan patience, CancellationToken stopping)
    {
        if (bytes.Length > 0)
            bytes = bytes[Posix.SendAtOnce(socket, bytes.Span)..];
        return bytes.Length == 0 ? ValueTask.CompletedTask : SendRestAsync(socket, bytes, time, patience, stopping);
    }

    /// <summary>Sends everything; a single send on a non-blocking stream socket may take less.</summary>
    public static async Task SendFullyAsync(this Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancel)..];
    }

    private static async ValueTask SendRestAsync(
        Socket socket, ReadOnlyMemory<byte> bytes, TimeProvider time, TimeSpan patience, CancellationToken stopping)
    {
        using var tooLong = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, stopping);
        await socket.SendFullyAsync(bytes, either.Token);
    }
}
