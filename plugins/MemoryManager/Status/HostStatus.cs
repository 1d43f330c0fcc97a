namespace Qubes.Plugins.MemoryManager.Status;

/// <summary>How the host stands: the members are those of the first line that clients get; bytes.</summary>
/// <param name="Host">Its name, <c>dom0</c>.</param>
/// <param name="Pressure"><c>none</c>, <c>tight</c> or <c>high</c>.</param>
/// <param name="Total">Of the host's memory.</param>
/// <param name="Used">By the host itself.</param>
/// <param name="Preferred">By the host.</param>
/// <param name="Free">Neither promised, nor claimed, nor the host's; may be negative.</param>
/// <param name="Reserve">Of that, never given away.</param>
/// <param name="Available">For new qubes; may be negative.</param>
/// <param name="Claimed">By starts under way, and by clients.</param>
/// <param name="Waiting">Claims that wait for memory.</param>
/// <param name="Orders">Guests that are changing.</param>
/// <param name="Shrinks">Shrinks under way.</param>
/// <param name="Clients">Connected to <c>qmemman.sock</c>.</param>
internal sealed record HostStatus(
    string Host, string Pressure, long Total, long Used, long Preferred, long Free, long Reserve, long Available,
    long Claimed, int Waiting, int Orders, int Shrinks, int Clients);
