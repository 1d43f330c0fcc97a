using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>
/// Where programs on the host serve the data connections of their calls: <c>/run/qubes/client-vchan/UID/vchan.0.DOMAIN.PORT.sock</c>.
/// Each user has a directory that nobody else can look into; the one above can be passed through only. Safe to use from several threads.
/// </summary>
internal sealed partial class CallerVchans(QubesPaths paths, TimeProvider time)
{
    /// <summary>For a program to serve its data connection once it knows where.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PassThrough = Private | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string directory = paths.Runtime + "/client-vchan";
    private readonly Lock gate = new();
    private readonly HashSet<(uint Uid, int Domain, int Port)> used = [];
    private int next = QrexecLimits.FirstDataPort;

    /// <summary>Makes the directory above.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(directory, PassThrough);
        File.SetUnixFileMode(directory, PassThrough);
    }

    /// <summary>Whether a user can have a directory of its own: any, where the daemon is root; else only the daemon's.</summary>
    public static bool CanServe(PeerCredentials peer) => Environment.IsPrivilegedProcess || peer.IsOwner;

    /// <summary>
    /// Takes a place for a connection, and makes room for its socket.
    /// </summary>
    /// <param name="uid">Who serves it.</param>
    /// <param name="domain">The peer.</param>
    /// <param name="port">A port of the peer; 0 takes a free one.</param>
    /// <returns>The port; null when all are in use.</returns>
    /// <exception cref="IOException">There is no room for the socket.</exception>
    public int? Take(uint uid, int domain, int port)
    {
        lock (gate)
        {
            for (int i = 0; port == 0 && i < QrexecLimits.Concurrent; i++)
            {
                int candidate = next;
                next = next == QrexecLimits.LastDataPort ? QrexecLimits.FirstDataPort : next + 1;
                port = used.Contains((uid, domain, candidate)) ? 0 : candidate;
            }
            if (port == 0 || !used.Add((uid, domain, port)))
                return null;
        }
        try
        {
            Open(uid);
            // Whatever lies there is not of this call.
            File.Delete(PathOf(uid, domain, port));
            return port;
        }
        catch (Exception e)
        {
            Free(uid, domain, port);
            if (e is UnauthorizedAccessException)
                throw new IOException(e.Message, e);
            throw;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Free(uint uid, int domain, int port)
    {
        lock (gate)
            used.Remove((uid, domain, port));
    }

    /// <summary>Connects as soon as the program serves.</summary>
    /// <exception cref="VchanClosedException">It does not in time, or somebody else does.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IVchan> ConnectAsync(uint uid, int domain, int port, CancellationToken cancel)
    {
        string path = PathOf(uid, domain, port);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            UnixVchan vchan = await UnixVchan.ConnectAsync(path, time, either.Token);
            // The user may have put a link there: nobody is connected with another's socket.
            if (PeerCredentials.Of(vchan.Socket).Uid == uid)
                return vchan;
            await vchan.DisposeAsync();
            throw new VchanClosedException($"{path} is served by another user than the caller");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new VchanClosedException($"the caller did not serve {path} within {Patience.TotalSeconds:0} s");
        }
        catch (ArgumentException e)
        {
            throw new VchanClosedException($"{path} is longer than a socket's path may be", e);
        }
        catch (SocketException e)
        {
            throw new VchanClosedException($"{path} cannot be connected to: {e.SocketErrorCode}", e);
        }
    }

    private string OwnDirectory(uint uid) => $"{directory}/{uid.ToString(CultureInfo.InvariantCulture)}";

    private string PathOf(uint uid, int domain, int port) => VchanSocketPath.Of(OwnDirectory(uid), server: 0, domain, port);

    private void Open(uint uid)
    {
        string path = OwnDirectory(uid);
        lock (gate)
        {
            // Nobody but the daemon can make anything above: what is there was made here.
            if (!Directory.Exists(path))
                Make(path, uid);
        }
    }

    private static void Make(string path, uint uid)
    {
        Directory.CreateDirectory(path, Private);
        if (Environment.IsPrivilegedProcess && ChangeOwner(path, uid, uint.MaxValue) != 0)
            throw new IOException($"Cannot give {path} to user {uid}: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
