using System.Runtime.InteropServices;

namespace Qubes.Client.Native;

/// <content>Processes.</content>
internal static unsafe partial class Libc
{
    private const int SignalSetWords = 16;
    private const ulong UserSignalBit = 1ul << (10 - 1);
    private const int Block = 0;

    // The opaque structures have 80 and 336 bytes in glibc.
    private const int StructureRoom = 512;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;

    /// <summary>The user of this process.</summary>
    public static uint EffectiveUser => geteuid();

    /// <summary>Ignores SIGPIPE: a pipe without a reader is an errno.</summary>
    public static void IgnoreBrokenPipes() => signal(13, 1);

    /// <summary>Blocks signal USR1 for this thread, and those that it starts; whether it was blocked before.</summary>
    public static bool BlockUserSignal()
    {
        var before = stackalloc ulong[SignalSetWords];
        var blocked = stackalloc ulong[SignalSetWords];
        blocked[0] = UserSignalBit;
        _ = pthread_sigmask(Block, blocked, before);
        return (before[0] & UserSignalBit) != 0;
    }

    /// <summary>A descriptor that becomes readable when the signal comes.</summary>
    public static int WatchUserSignal()
    {
        var watched = stackalloc ulong[SignalSetWords];
        watched[0] = UserSignalBit;
        var fd = signalfd(-1, watched, Descriptors.NonBlocking | Descriptors.CloseOnExec);
        return fd >= 0 ? fd : throw SystemCallException.Last("signalfd");
    }

    /// <summary>The words that this process was started with, as they are: a file's name may be no text.</summary>
    public static List<byte[]> CommandLine()
    {
        ReadOnlySpan<byte> all = File.ReadAllBytes("/proc/self/cmdline");
        var words = new List<byte[]>();
        for (; all.IndexOf((byte)0) is >= 0 and var end; all = all[(end + 1)..])
            words.Add(all[..end].ToArray());
        return words;
    }

    /// <summary>Begins this program anew; returns only the errno of a failure.</summary>
    public static int ExecuteSelf(byte** arguments)
    {
        _ = execv("/proc/self/exe", arguments);
        return Marshal.GetLastPInvokeError();
    }

    /// <summary>Waits for a child and returns its status as a shell shows it.</summary>
    public static int Reap(int pid)
    {
        int status;
        while (waitpid(pid, &status, 0) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
            // A signal came first.
        }

        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>Starts a program by its path, the first of its arguments, with default signal handling and this standard input and output. Returns its pid.</summary>
    /// <exception cref="SystemCallException">It cannot be started.</exception>
    public static int Spawn(byte** arguments, byte** environment, int input, int output)
    {
        var actions = stackalloc byte[StructureRoom];
        var attributes = stackalloc byte[StructureRoom];
        var signals = stackalloc byte[128];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawn_file_actions_adddup2(actions, input, 0);
        _ = posix_spawn_file_actions_adddup2(actions, output, 1);
        _ = sigemptyset(signals);
        _ = posix_spawnattr_setsigmask(attributes, signals);
        _ = sigfillset(signals);
        _ = posix_spawnattr_setsigdefault(attributes, signals);
        _ = posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask);
        int pid;
        var failure = posix_spawn(&pid, *arguments, actions, attributes, arguments, environment);
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        return failure == 0 ? pid : throw new SystemCallException(Marshal.PtrToStringUTF8((nint)(*arguments))!, failure);
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, ulong* signals, ulong* before);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int signalfd(int fd, ulong* signals, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string path, byte** arguments);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int target);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);
}
