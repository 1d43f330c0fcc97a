using System.Runtime.InteropServices;

namespace Qubes.Convert.Guest.Processes;

/// <summary>The system calls that .NET has no name for.</summary>
internal static partial class LibC
{
    /// <summary><c>RLIMIT_AS</c>: bytes of address space.</summary>
    public const int AddressSpace = 9;

    /// <summary>Sets a resource limit of another process; 0, or -1 if that process is gone.</summary>
    [LibraryImport("libc", EntryPoint = "prlimit")]
    public static partial int LimitResource(int process, int resource, in ResourceLimit limit, nint old);

    /// <summary>Waits for conditions on descriptors; errors and hang-ups are always among them.</summary>
    [LibraryImport("libc", EntryPoint = "poll")]
    public static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        public int Descriptor;
        public short Asked;
        public short Happened;
    }
}
