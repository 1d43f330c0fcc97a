using Qubes.Machine.Launcher;
using Qubes.Plugins.Qemu.Accelerators;

namespace Qubes.Plugins.Qemu.Machines;

/// <summary>
/// Whom a machine runs as. When the daemon is root: a user and group of the machine's own, which own nothing, with the group of
/// <c>/dev/kvm</c> beside where KVM is used. Otherwise the daemon's user: VMs need no root.
/// </summary>
internal sealed class IdentityChoice(QemuOptions options, bool isRoot)
{
    /// <summary>Machines have users of their own.</summary>
    public bool IsOwn => isRoot;

    /// <summary>The identity of the machine with the number.</summary>
    public LaunchIdentity? For(int id, Accelerator accelerator)
    {
        if (!isRoot)
            return null;
        var number = checked(options.FirstUser + (uint)id);
        IReadOnlyList<uint> groups = accelerator == Accelerator.Kvm && KvmDevice.Group() is { } kvm and not 0 ? [kvm] : [];
        return new LaunchIdentity(number, number, groups);
    }
}
