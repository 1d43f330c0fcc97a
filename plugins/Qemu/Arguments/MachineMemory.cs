namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>A file that is a machine's memory.</summary>
/// <param name="Path">What the launcher opens.</param>
/// <param name="IsShared">What the guest writes is written to the file; else the file stays as it is.</param>
internal sealed record MachineMemory(string Path, bool IsShared);
