namespace Qubes.Machine.Launcher;

/// <summary>The launch is refused; the message goes to standard error.</summary>
internal sealed class LaunchException(string message) : Exception(message);
