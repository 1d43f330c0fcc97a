namespace Qubes.Client.Native;

/// <summary>Error numbers of Linux that matter here.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int Again = 11;
}
