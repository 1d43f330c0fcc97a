using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <content>Processes and credentials.</content>
internal static unsafe partial class Libc
{
    public const int Terminate = 15;
    public const int Kill = 9;
    private const int SystemCallPidfdOpen = 434;
    private const int SystemCallSetGroups = 116;
    private const int SystemCallSetUsers = 117;
    private const int SystemCallSetGroup = 119;
    private const int NoHang = 1;

    /// <summary>The effective user.</summary>
    public static uint EffectiveUser => geteuid();

    /// <summary>A descriptor that becomes readable when the process ends; -1 if there are too many descriptors.</summary>
    public static int OpenPidfd(int pid) => (int)syscall(SystemCallPidfdOpen, pid, 0, 0);

    /// <summary>Reaps a child that has ended: its pid and its status as a shell shows it; pid 0 or less if there is none.</summary>
    /// <param name="pid">Which; -1 = any.</param>
    /// <param name="wait">Whether to wait for one.</param>
    public static (int Pid, int Status) Reap(int pid, bool wait)
    {
        int status;
        int ended;
        do
            ended = waitpid(pid, &status, wait ? 0 : NoHang);
        while (ended < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        var signal = status & 0x7f;
        return (ended, signal == 0 ? (status >> 8) & 0xff : 128 + signal);
    }

    /// <summary>Sends a signal to every process but init and this one.</summary>
    public static void SignalAll(int signal) => _ = kill(-1, signal);

    /// <summary>Sends a signal to a process group; nothing happens if it has ended.</summary>
    public static void SignalGroup(int group, int signal) => _ = kill(-group, signal);

    /// <summary>Ignores SIGPIPE: a pipe without a reader is an errno.</summary>
    public static void IgnoreBrokenPipes() => signal(13, 1);

    /// <summary>
    /// Sets this thread's credentials, and only this thread's: the C library's own calls would change all threads. The saved
    /// user stays <paramref name="savedUser"/>.
    /// </summary>
    public static void SetThreadCredentials(uint user, uint savedUser, uint group, ReadOnlySpan<uint> groups)
    {
        // Whoever becomes root does so first, whoever leaves root does so last.
        if (user == 0)
            SetUsers(user, savedUser);
        fixed (uint* pointer = groups)
            SystemCallException.Check(syscall(SystemCallSetGroups, groups.Length, (nint)pointer, 0), "setgroups");
        SystemCallException.Check(syscall(SystemCallSetGroup, (nint)group, (nint)group, (nint)group), "setresgid");
        if (user != 0)
            SetUsers(user, savedUser);
    }

    /// <summary>Replaces this process; returns only the errno of a failure.</summary>
    public static int Execute(byte** arguments)
    {
        _ = execvp(arguments[0], arguments);
        return Marshal.GetLastPInvokeError();
    }

    private static void SetUsers(uint user, uint savedUser) =>
        SystemCallException.Check(syscall(SystemCallSetUsers, (nint)user, (nint)user, (nint)savedUser), "setresuid");

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execvp(byte* file, byte** arguments);
}
