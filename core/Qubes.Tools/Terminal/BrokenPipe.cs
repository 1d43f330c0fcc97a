using System.Net.Sockets;

namespace Qubes.Tools.Terminal;

/// <summary>Recognises a write to a pipe or socket whose reader has gone.</summary>
internal static class BrokenPipe
{
    /// <summary>SIGPIPE.</summary>
    public const int Signal = 13;

    private const int Epipe = 32;

    public static bool Is(IOException failure) =>
        failure.HResult == Epipe || failure.InnerException is SocketException { NativeErrorCode: Epipe };
}
