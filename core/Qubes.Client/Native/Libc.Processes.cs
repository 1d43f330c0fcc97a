using System.Runtime.InteropServices;

namespace Qubes.Client.Native;

/// <content>Processes.</content>
internal static unsafe partial class Libc
{
    // The opaque structures have 80 and 336 bytes in glibc.
    private const int StructureRoom = 512;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;

    /// <summary>The user of this process.</summary>
    public static uint EffectiveUser => geteuid();

    /// <summary>Ignores SIGPIPE: a pipe without a reader is an errno.</summary>
    public static void IgnoreBrokenPipes() => signal(13, 1);

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

    /// <summary>Starts a program by its path, with default signal handling and this standard input and output. Returns its pid.</summary>
    /// <exception cref="SystemCallException">It cannot be started.</exception>
    public static int Spawn(string path, byte** arguments, byte** environment, int input, int output)
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
        var failure = posix_spawn(&pid, path, actions, attributes, arguments, environment);
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        return failure == 0 ? pid : throw new SystemCallException(path, failure);
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* pid, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

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
