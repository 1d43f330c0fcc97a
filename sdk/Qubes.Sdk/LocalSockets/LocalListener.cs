using System.Net.Sockets;

namespace Qubes.Sdk.LocalSockets;

/// <summary>
/// A listening Unix socket for local clients, mode 0660, owned by the group <c>qubes</c> where there is one and the daemon
/// is root. Until it listens nobody can connect, so owner and mode are settled before the first client.
/// </summary>
public sealed class LocalListener : IDisposable
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const UnixFileMode ModeForEveryone = Mode | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly Socket socket;
    private readonly string path;
    private readonly bool isGroupOwned;

    private LocalListener(Socket socket, string path, bool isGroupOwned) =>
        (this.socket, this.path, this.isGroupOwned) = (socket, path, isGroupOwned);

    /// <summary>Opens the socket; a file that nobody listens on is replaced.</summary>
    /// <param name="path">Absolute; missing directories are made.</param>
    /// <param name="backlog">Clients that may wait to be accepted.</param>
    /// <exception cref="IOException">Another daemon listens there.</exception>
    public static LocalListener Open(string path, int backlog) => Open(path, backlog, Mode);

    /// <summary>
    /// Opens a socket to which every user of the host may connect, mode 0666. Whom it serves is for the caller of this method to say,
    /// by <see cref="PeerCredentials"/>; <see cref="Admits"/> does not know.
    /// </summary>
    /// <param name="path">Absolute; missing directories are made.</param>
    /// <param name="backlog">Clients that may wait to be accepted.</param>
    /// <exception cref="IOException">Another daemon listens there.</exception>
    public static LocalListener OpenForEveryone(string path, int backlog) => Open(path, backlog, ModeForEveryone);

    private static LocalListener Open(string path, int backlog, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            bool isGroupOwned = mode == Mode && FileOwner.GiveToGroup(path);
            File.SetUnixFileMode(path, mode);
            socket.Listen(backlog);
            return new(socket, path, isGroupOwned);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next client.</summary>
    /// <exception cref="SocketException">It left first, or the process is out of descriptors.</exception>
    public ValueTask<Socket> AcceptAsync(CancellationToken cancel) => socket.AcceptAsync(cancel);

    /// <summary>Waits for the next client on the calling thread. <see cref="Dispose"/> ends that, and is an error then.</summary>
    /// <exception cref="SocketException">It left first, or the process is out of descriptors.</exception>
    public Socket Accept() => socket.Accept();

    /// <summary>
    /// Whether a client may be served: root and the daemon's own user always; others only where the file's group has let
    /// them in.
    /// </summary>
    public bool Admits(PeerCredentials peer) => isGroupOwned || peer.IsOwner;

    /// <summary>Stops listening and removes the socket's file.</summary>
    public void Dispose()
    {
        socket.Dispose();
        File.Delete(path);
    }

    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        throw new IOException($"Cannot listen on {path}: another daemon does; stop it or choose another QUBES_ROOT.");
    }
}
