using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qubes.Plugins.AdminApi.Sockets;

/// <summary>
/// The listening socket, mode 0660, owned by the group <c>qubes</c> where there is one and we are root. Until
/// <c>listen</c> nobody can connect, so owner and mode are settled before the first client.
/// </summary>
internal sealed class AdminListener : IDisposable
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly Socket socket;
    private readonly string path;

    private AdminListener(Socket socket, string path, bool isGroupOwned) =>
        (this.socket, this.path, IsGroupOwned) = (socket, path, isGroupOwned);

    /// <summary>The file's mode decides about users other than our own.</summary>
    public bool IsGroupOwned { get; }

    /// <summary>Opens the socket; a file that nobody listens on is replaced.</summary>
    /// <exception cref="IOException">Another daemon listens there.</exception>
    public static AdminListener Open(string path, int backlog)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            bool isGroupOwned = Posix.EffectiveUserId() == 0 && GiveToGroup(path);
            File.SetUnixFileMode(path, Mode);
            socket.Listen(backlog);
            return new(socket, path, isGroupOwned);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask<Socket> AcceptAsync(CancellationToken cancel) => socket.AcceptAsync(cancel);

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

    private static bool GiveToGroup(string path)
    {
        // name ":" password ":" gid ":" members; getgrnam is not safe among threads, and the group is a local one.
        string? line = File.Exists("/etc/group")
            ? File.ReadLines("/etc/group").FirstOrDefault(l => l.StartsWith("qubes:", StringComparison.Ordinal))
            : null;
        if (line?.Split(':') is not [_, _, var id, ..]
            || !uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out uint gid))
            return false;
        return Posix.ChangeOwner(path, 0, gid) == 0
            ? true
            : throw new IOException($"Cannot give {path} to the group qubes: {Marshal.GetLastPInvokeErrorMessage()}.");
    }
}
