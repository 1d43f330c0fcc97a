namespace Qubes.Tools.Memory;

/// <summary>The host's line of <c>admin.memory.Status</c>; bytes.</summary>
internal sealed record HostMemory(
    string Host, string Pressure, long Total, long Used, long Free, long Reserve, long Available, long Claimed, int Waiting, int Orders, int Shrinks);
