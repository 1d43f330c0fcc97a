namespace Qubes.Plugins.MemoryManager.Status;

/// <summary>How one qube stands: the members are those of the line that clients get; bytes.</summary>
/// <param name="Qube">Its name.</param>
/// <param name="State">
/// <c>balanced</c>, <c>fixed</c>: its memory cannot be changed, <c>unknown</c>: it has said nothing yet, <c>paused</c>, <c>shrunk</c>: left alone,
/// <c>slow</c>, or <c>no-progress</c>: it does not follow.
/// </param>
/// <param name="Claimed">What it says that it uses; absent: it has said nothing.</param>
/// <param name="Used">What is believed of that.</param>
/// <param name="Preferred">Made from that.</param>
/// <param name="Current">That it has.</param>
/// <param name="Target">That it is to have; absent: it was never told.</param>
/// <param name="Most">That it may have; 0: it is not balanced.</param>
/// <param name="Resident">Of the host's memory.</param>
internal sealed record MemoryStatus(
    string Qube, string State, long? Claimed, long? Used, long? Preferred, long Current, long? Target, long Most, long Resident);
