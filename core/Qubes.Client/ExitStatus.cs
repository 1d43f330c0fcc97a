namespace Qubes.Client;

/// <summary>Statuses that this program makes itself (spec: protocol, section 8); all others are the service's.</summary>
internal static class ExitStatus
{
    public const int NoAgent = 1;
    public const int Usage = 2;
    public const int Refused = 126;
    public const int ProgramNotStarted = 127;
    public const int Lost = 255;
}
