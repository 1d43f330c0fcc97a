using System.Runtime.InteropServices;

namespace Qubes.Client.Native;

/// <summary>The kernel's <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public const short In = 1;
    public const short Out = 4;
    public const short Error = 8;
    public const short HangUp = 16;

    /// <summary>The descriptor; negative = none.</summary>
    public int Descriptor;

    /// <summary>What is waited for; errors and hang-ups always are.</summary>
    public short Wanted;

    /// <summary>What is true.</summary>
    public short Happened;

    /// <summary>An entry that waits for something.</summary>
    public PollEntry(int descriptor, short wanted) => (Descriptor, Wanted) = (descriptor, wanted);

    /// <summary>Nobody is at the other end any more.</summary>
    public readonly bool IsBroken => (Happened & ~(In | Out)) != 0;
}
