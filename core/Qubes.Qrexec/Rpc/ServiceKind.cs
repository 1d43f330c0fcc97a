namespace Qubes.Qrexec.Rpc;

/// <summary>How a service is reached.</summary>
public enum ServiceKind
{
    /// <summary>A program to run.</summary>
    Program = 0,

    /// <summary>A Unix socket to connect to.</summary>
    Socket = 1,

    /// <summary>A TCP port to connect to.</summary>
    Tcp = 2,
}
