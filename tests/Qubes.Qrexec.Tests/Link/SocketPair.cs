using System.Net.Sockets;

namespace Qubes.Qrexec.Tests.Link;

/// <summary>Two connected Unix sockets, through a path that is gone at once.</summary>
internal static class SocketPair
{
    public static async Task<(Socket First, Socket Second)> CreateAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), $"qrexec-test-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await first.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var second = await listener.AcceptAsync();
        File.Delete(path);
        return (first, second);
    }
}
