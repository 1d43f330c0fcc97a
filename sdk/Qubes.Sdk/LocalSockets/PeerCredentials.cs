using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Qubes.Sdk.LocalSockets;

/// <summary>Who is at the other end of a Unix socket, as the host's kernel recorded it.</summary>
/// <param name="Pid">The process that connected or listened.</param>
/// <param name="Uid">Its effective user.</param>
/// <param name="Gid">Its effective group.</param>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    // struct ucred = pid (4 bytes, signed) uid (4) gid (4), host byte order

    /// <summary>Whether it is root, or the daemon's own user.</summary>
    public bool IsOwner => Uid == 0 || Uid == FileOwner.EffectiveUserId();

    /// <summary>The peer of a connected Unix socket.</summary>
    /// <exception cref="SocketException">The socket has no peer with credentials.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> raw = stackalloc byte[12];
        int length = socket.GetRawSocketOption(SolSocket, SoPeerCred, raw);
        if (length != raw.Length)
            throw new SocketException((int)SocketError.OperationNotSupported);
        return new(
            MemoryMarshal.Read<int>(raw), MemoryMarshal.Read<uint>(raw[4..]), MemoryMarshal.Read<uint>(raw[8..]));
    }
}
