namespace Qubes.Plugins.MemoryManager.Host;

/// <summary>The host's memory at one moment, as its kernel says.</summary>
/// <param name="Total">Bytes that there are (<c>MemTotal</c>).</param>
/// <param name="Available">Bytes that could be taken without swapping (<c>MemAvailable</c>).</param>
internal readonly record struct HostReading(long Total, long Available);
