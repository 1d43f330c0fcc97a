using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <summary>The kernel's <c>struct epoll_event</c>, which has no padding on x86-64.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEvent
{
    public const uint In = 1;
    public const uint Out = 4;
    public const uint Error = 8;
    public const uint HangUp = 16;
    public const uint EdgeTriggered = 1u << 31;

    public uint Events;
    public ulong Data;
}
