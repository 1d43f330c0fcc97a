namespace Qubes.Qrexec.Protocol;

/// <summary>Versions of the protocol (spec: protocol, section 3).</summary>
public static class ProtocolVersion
{
    /// <summary>The oldest version that is still spoken.</summary>
    public const int Oldest = 2;

    /// <summary>The version between host clients and the daemon: each side sends it and rejects less.</summary>
    public const int HostSocket = 3;

    /// <summary>The newest version known here.</summary>
    public const int Current = 4;

    /// <summary>The version that both sides speak: the smaller of the peer's and ours.</summary>
    /// <exception cref="QrexecViolationException">The peer's is older than <see cref="Oldest"/>.</exception>
    public static int Negotiate(int peer) => peer >= Oldest
        ? Math.Min(peer, Current)
        : throw new QrexecViolationException($"protocol version {peer} is not spoken; {Oldest} or newer is");

    /// <summary>The longest data message under a version, bytes.</summary>
    public static int MaxChunk(int version) => version < 3 ? QrexecLimits.SmallChunk : QrexecLimits.LargeChunk;
}
