namespace Qubes.GuestTools.Commands;

/// <summary>Exit statuses; a command that makes a call otherwise ends with the call's.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>The call was refused, or could not be started.</summary>
    public const int Refused = 126;

    /// <summary>A program is missing.</summary>
    public const int NotFound = 127;
}
