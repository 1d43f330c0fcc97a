using System.Net.Sockets;
using System.Text;

namespace Qubes.Plugins.AdminApi.Tests;

/// <summary>A client of an event stream, on raw bytes.</summary>
internal sealed class StreamClient(Socket socket) : IDisposable
{
    private string unread = "";

    public async Task AskAsync(string request)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>The next record, its end included; null at the end of the stream.</summary>
    public async Task<string?> NextAsync()
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            // An empty subject makes two NULs in a row too, right at the start.
            int end = unread.Length < 4 ? -1 : unread.IndexOf("\0\0", 3, StringComparison.Ordinal);
            if (end >= 0)
            {
                string record = unread[..(end + 2)];
                unread = unread[(end + 2)..];
                return record;
            }
            int read = await socket.ReceiveAsync(buffer.AsMemory());
            if (read == 0)
                return null;
            unread += Encoding.UTF8.GetString(buffer, 0, read);
        }
    }

    /// <summary>Everything until the end.</summary>
    public async Task<string> RestAsync() => unread + await TestDaemon.ReadToEndAsync(socket);

    public void Dispose() => socket.Dispose();
}
