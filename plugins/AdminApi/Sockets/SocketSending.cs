using System.Net.Sockets;
using Qubes.Plugins.AdminApi.Wire;

namespace Qubes.Plugins.AdminApi.Sockets;

internal static class SocketSending
{
    /// <summary>
    /// Sends both parts: at once what the socket takes at once, the rest as the client reads, who has a time for it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client took too long, or the daemon stops.</exception>
    public static ValueTask SendFullyAsync(
        this Socket socket, AdminReply reply, TimeProvider time, TimeSpan patience, CancellationToken stopping)
    {
        var (head, body) = reply;
        if (head.IsEmpty && body.IsEmpty)
            return ValueTask.CompletedTask;
        int sent = Posix.SendAtOnce(socket, head.Span, body.Span);
        return sent == head.Length + body.Length
            ? ValueTask.CompletedTask
            : SendRestAsync(
                socket, head[Math.Min(sent, head.Length)..], body[Math.Max(0, sent - head.Length)..], time, patience, stopping);
    }

    /// <summary>Sends everything; a single send on a non-blocking stream socket may take less.</summary>
    public static async Task SendFullyAsync(this Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancel)..];
    }

    private static async ValueTask SendRestAsync(
        Socket socket, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, TimeProvider time, TimeSpan patience,
        CancellationToken stopping)
    {
        using var tooLong = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, stopping);
        await socket.SendFullyAsync(head, either.Token);
        await socket.SendFullyAsync(body, either.Token);
    }
}
