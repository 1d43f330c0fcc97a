using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>What a machine needs to become a copy of a frozen one, beside its memory.</summary>
/// <param name="StatePath">The devices' state, as the launcher opens it.</param>
/// <param name="Disks">Fresh layers on the frozen disks, in their order.</param>
internal sealed record CopyOrigin(string StatePath, IReadOnlyList<PreparedVolume> Disks);
