namespace Qubes.Tools.Memory;

/// <summary>What a line of <c>admin.memory.Status</c> is about: the host, or else a qube.</summary>
internal sealed record MemorySubject(string? Host = null);
