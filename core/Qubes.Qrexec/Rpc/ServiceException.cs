namespace Qubes.Qrexec.Rpc;

/// <summary>A call cannot be served; the caller gets the status, the log the text.</summary>
public sealed class ServiceException(int status, string message) : Exception(message)
{
    /// <summary>Trouble within qrexec.</summary>
    public const int Trouble = 125;

    /// <summary>There is no such service.</summary>
    public const int NotFound = 127;

    /// <summary>The exit code for the caller: <see cref="Trouble"/> or <see cref="NotFound"/>.</summary>
    public int Status { get; } = status;
}
