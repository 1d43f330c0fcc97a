using Qubes.Machine.Launcher;

namespace Qubes.Plugins.Qemu.Arguments;

/// <summary>The descriptors under which QEMU finds what the launcher opened.</summary>
internal static class Descriptors
{
    public const int Control = LaunchDescription.FirstDescriptor;
    public const int Agent = Control + 1;
    public const int Console = Control + 2;
    public const int Kernel = Control + 3;
    public const int Initramfs = Control + 4;
    public const int Memory = Control + 5;
    public const int State = Control + 6;
    public const int FirstLayer = Control + 7;
}
