namespace Qubes.Client.Arguments;

/// <summary>The command line is wrong; the text says how.</summary>
internal sealed class UsageException(string message) : Exception(message);
