using System.Net.Sockets;

namespace Qubes.Qrexec.Vchan;

/// <summary>The server of a vchan over a Unix socket: takes one client, then its path is gone.</summary>
public sealed class UnixVchanListener : IAsyncDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string path;

    /// <summary>Listens at a path; a socket left there by a process that is gone is replaced.</summary>
    /// <exception cref="SocketException">The path cannot be bound.</exception>
    public UnixVchanListener(string path)
    {
        this.path = path;
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(1);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the client.</summary>
    /// <exception cref="OperationCanceledException">None came before <paramref name="cancel"/>.</exception>
    public async Task<UnixVchan> AcceptAsync(CancellationToken cancel) =>
        new(await socket.AcceptAsync(cancel).ConfigureAwait(false));

    /// <summary>Stops listening and removes the path.</summary>
    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        File.Delete(path);
        return ValueTask.CompletedTask;
    }
}
