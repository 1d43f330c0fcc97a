namespace Qubes.Agent.Native;

/// <summary>Error numbers of Linux that the agent tells apart.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int NotDirectory = 20;
    public const int NoDevice = 19;
    public const int Exists = 17;
    public const int BrokenPipe = 32;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;
}
