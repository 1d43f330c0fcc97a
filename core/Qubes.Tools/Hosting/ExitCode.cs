namespace Qubes.Tools.Hosting;

/// <summary>The exit statuses all tools share. A tool that runs something in a qube passes on the status from there.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The request was understood and failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong, or names a qube that does not exist.</summary>
    public const int Usage = 2;

    /// <summary>Trouble within qrexec (spec: qrexec protocol, section 2).</summary>
    public const int QrexecTrouble = 125;

    /// <summary>The call was refused, or could not be started.</summary>
    public const int Refused = 126;

    /// <summary>The qube has no such service, or no such program.</summary>
    public const int NoSuchService = 127;

    /// <summary>The connection ended before the exit status arrived (spec: qrexec protocol, section 7).</summary>
    public const int ConnectionLost = 255;

    /// <summary>What a shell reports for a process that signal <paramref name="number"/> ended.</summary>
    public static int Signal(int number) => 128 + number;
}
