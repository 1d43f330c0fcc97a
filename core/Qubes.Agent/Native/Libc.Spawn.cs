using System.Runtime.InteropServices;

namespace Qubes.Agent.Native;

/// <content>posix_spawn: the only way to start a process that is safe in a program with a runtime.</content>
internal static unsafe partial class Libc
{
    // The opaque structures have 80 and 336 bytes in glibc.
    private const int StructureRoom = 512;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>
    /// Starts a program in a session of its own, with default signal handling and this thread's credentials.
    /// </summary>
    /// <param name="path">The program; no search.</param>
    /// <param name="arguments">NULL-terminated.</param>
    /// <param name="environment">NULL-terminated.</param>
    /// <param name="directory">Where it starts.</param>
    /// <param name="input">Its descriptor 0.</param>
    /// <param name="output">Its descriptor 1.</param>
    /// <param name="error">Its descriptor 2.</param>
    /// <returns>The pid, or the negated errno.</returns>
    public static int Spawn(byte* path, byte** arguments, byte** environment, string directory, int input, int output, int error)
    {
        var actions = stackalloc byte[StructureRoom];
        var attributes = stackalloc byte[StructureRoom];
        var signals = stackalloc byte[128];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawn_file_actions_adddup2(actions, input, 0);
        _ = posix_spawn_file_actions_adddup2(actions, output, 1);
        _ = posix_spawn_file_actions_adddup2(actions, error, 2);
        _ = posix_spawn_file_actions_addchdir_np(actions, directory);
        _ = sigemptyset(signals);
        _ = posix_spawnattr_setsigmask(attributes, signals);
        _ = sigfillset(signals);
        _ = posix_spawnattr_setsigdefault(attributes, signals);
        _ = posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
        int pid;
        var failure = posix_spawn(&pid, path, actions, attributes, arguments, environment);
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        return failure == 0 ? pid : -failure;
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int target);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(byte* actions, string path);

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
