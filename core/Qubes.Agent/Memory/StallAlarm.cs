using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Memory;

/// <summary>Has the kernel tell when programs wait for memory (PSI), so that nobody has to look often.</summary>
internal sealed class StallAlarm(EventLoop loop) : IDisposable
{
    private const string Source = "/proc/pressure/memory";
    private const uint Priority = 2; // EPOLLPRI: the trigger's only event

    private int descriptor = -1;

    /// <summary>Calls, at most once in half a second, when some program waited for memory for a tenth of that; nothing where the kernel cannot.</summary>
    public void Watch(Action stalled)
    {
        if (descriptor >= 0)
            return;
        var fd = Descriptors.TryOpen(Source, Descriptors.ReadWrite | Descriptors.NonBlocking);
        if (fd < 0)
            return;
        // Microseconds: so much stall within such a window. The terminating zero belongs to what is written.
        if (Descriptors.Write(fd, "some 50000 500000\0"u8) < 0)
        {
            Descriptors.Close(fd);
            return;
        }

        descriptor = fd;
        loop.Add(fd, Priority, events =>
        {
            if ((events & EpollEvent.Error) != 0)
                Dispose();
            else
                stalled();
        });
    }

    /// <summary>Watches no more.</summary>
    public void Dispose()
    {
        if (descriptor < 0)
            return;
        loop.Remove(descriptor);
        Descriptors.Close(descriptor);
        descriptor = -1;
    }
}
