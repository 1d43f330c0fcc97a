namespace Qubes.GuestTools.Commands;

/// <summary>A command failed; the message says why in one line.</summary>
/// <param name="status">The exit status.</param>
internal sealed class CommandException(string message, int status = ExitCode.Failure) : Exception(message)
{
    public int Status => status;
}
