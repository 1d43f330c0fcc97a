namespace Qubes.Plugins.Templates.Processes;

/// <summary>A program could not be started or ended with an error; the message is one line with the program's own words.</summary>
internal sealed class ToolFailedException(string message, Exception? cause = null) : Exception(message, cause);
