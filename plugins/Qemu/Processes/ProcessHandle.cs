using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Processes;

/// <summary>A hold on one process (a pidfd): what is done through it can never hit another that got the same pid.</summary>
internal sealed partial class ProcessHandle : IDisposable
{
    private const nint OpenCall = 434; // pidfd_open, the same number on every architecture
    private const nint SignalCall = 424; // pidfd_send_signal
    private const int KillSignal = 9;
    private const short Readable = 1; // POLLIN: the process has ended
    private const int NoSuchProcess = 3; // ESRCH
    private const int Interrupted = 4; // EINTR

    private readonly SafeFileHandle handle;

    private ProcessHandle(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Takes hold of the process; null when it is gone.</summary>
    public static ProcessHandle? TryOpen(int pid)
    {
        var descriptor = SystemCall(OpenCall, pid, 0, 0, 0);
        if (descriptor >= 0)
            return new ProcessHandle(new SafeFileHandle(descriptor, ownsHandle: true));
        return Marshal.GetLastPInvokeError() == NoSuchProcess ? null : throw Failure("pidfd_open");
    }

    /// <summary>Ends it by force; nothing happens when it has ended.</summary>
    public void Kill()
    {
        if (SignalProcess(SignalCall, handle, KillSignal, 0, 0) < 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
            throw Failure("pidfd_send_signal");
    }

    /// <summary>Returns when the process has ended. For use after <see cref="Kill"/>: it holds a thread meanwhile.</summary>
    public Task WaitAsync() => Task.Run(() =>
    {
        var poll = new PollEntry { Descriptor = (int)handle.DangerousGetHandle(), Wanted = Readable };
        while (Poll(ref poll, 1, -1) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failure("poll");
        }
        GC.KeepAlive(this);
    });

    public void Dispose() => handle.Dispose();

    private static QubeException Failure(string call) =>
        new($"{call}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SignalProcess(nint number, SafeFileHandle process, nint signal, nint info, nint flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeout);

    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}
