namespace Qubes.Policy.Knowledge;

/// <summary>A description of qubes is not what it should be.</summary>
public sealed class SystemInfoException(string message, Exception? cause = null) : Exception(message, cause);
