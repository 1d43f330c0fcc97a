namespace Qubes.Tools.Memory;

/// <summary>A qube's line of <c>admin.memory.Status</c>; bytes.</summary>
internal sealed record QubeMemory(
    string Qube, string State, long Current, long Most, long Resident, long? Claimed = null, long? Used = null, long? Preferred = null, long? Target = null);
