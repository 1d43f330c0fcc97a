namespace Qubes.Native;

/// <summary>Error numbers of Linux that programs in guests tell apart.</summary>
public static class Errno
{
    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>ENOENT.</summary>
    public const int NoEntry = 2;

    /// <summary>EAGAIN.</summary>
    public const int Again = 11;

    /// <summary>EEXIST.</summary>
    public const int Exists = 17;

    /// <summary>ENODEV.</summary>
    public const int NoDevice = 19;

    /// <summary>ENOTDIR.</summary>
    public const int NotDirectory = 20;

    /// <summary>EPIPE.</summary>
    public const int BrokenPipe = 32;

    /// <summary>ECONNREFUSED.</summary>
    public const int ConnectionRefused = 111;

    /// <summary>EINPROGRESS.</summary>
    public const int InProgress = 115;
}
