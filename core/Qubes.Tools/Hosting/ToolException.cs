namespace Qubes.Tools.Hosting;

/// <summary>A failure the user is told in one line, without a stack trace.</summary>
internal class ToolException : Exception
{
    public ToolException(string message, int exitCode = Hosting.ExitCode.Failure, Exception? cause = null)
        : base(message, cause) => ExitCode = exitCode;

    /// <summary>The process's exit status.</summary>
    public int ExitCode { get; }
}
