using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>
/// The kernel's own watch on stalls (Documentation/accounting/psi.rst): a threshold is written to <c>/proc/pressure/memory</c>, and
/// whoever polls that descriptor for priority data is told when it is exceeded. A thread of its own sleeps in that poll.
/// </summary>
internal sealed partial class StallTrigger : IStalls
{
    /// <summary>Something waits 150 ms within a second; who has no privilege may only watch multiples of two seconds.</summary>
    private static readonly string[] Thresholds = ["some 150000 1000000", "some 300000 2000000"];

    private const short PriorityData = 0x2;
    private const short Readable = 0x1;
    private const int Interrupted = 4;

    private readonly SafeFileHandle file;
    private readonly SafeFileHandle ending;
    private TaskCompletionSource next = NewSignal();

    private StallTrigger(SafeFileHandle file)
    {
        this.file = file;
        ending = CreateEvent(0, CloseOnExec);
        new Thread(Watch) { IsBackground = true, Name = "memory stalls" }.Start();
    }

    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Null: the kernel has no such thing, or does not let us.</summary>
    public static StallTrigger? TryOpen(string path = StallAverages.OfHost) =>
        File.Exists(path) && Thresholds.Select(t => TryArm(path, t)).FirstOrDefault(f => f is not null) is { } file ? new(file) : null;

    public void Dispose()
    {
        try
        {
            // The thread closes what it polls.
            _ = WriteEvent(ending, BitConverter.GetBytes(1L), sizeof(long));
        }
        catch (ObjectDisposedException)
        {
            // The kernel has ended the watch, and the thread with it.
        }
    }

    private static SafeFileHandle? TryArm(string path, string threshold)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            // The kernel takes the last byte for the end of the text.
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(threshold + "\0"), fileOffset: 0);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            file?.Dispose();
            return null;
        }
    }

    private void Watch()
    {
        var (isHeld, isEndingHeld) = (false, false);
        try
        {
            file.DangerousAddRef(ref isHeld);
            ending.DangerousAddRef(ref isEndingHeld);
            Span<Polled> both =
            [
                new() { Descriptor = (int)file.DangerousGetHandle(), Events = PriorityData },
                new() { Descriptor = (int)ending.DangerousGetHandle(), Events = Readable },
            ];
            while (Poll(both, (nuint)both.Length, -1) >= 0 || Marshal.GetLastPInvokeError() == Interrupted)
            {
                // Anything but its priority data means that the kernel has ended the watch.
                if (both[1].Returned != 0 || (both[0].Returned & ~PriorityData) != 0)
                    break;
                if (both[0].Returned == PriorityData)
                    Interlocked.Exchange(ref next, NewSignal()).SetResult();
            }
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
            if (isEndingHeld)
                ending.DangerousRelease();
            file.Dispose();
            ending.Dispose();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteEvent(SafeFileHandle file, ReadOnlySpan<byte> bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<Polled> descriptors, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
