namespace Qubes.Tools.Hosting;

/// <summary>The command line is wrong: <c>NAME: error: MESSAGE</c>, exit status 2.</summary>
internal class UsageException(string message) : ToolException(message, Hosting.ExitCode.Usage);
