using System.Runtime.InteropServices;

namespace Qubes.GuestTools.Native;

/// <summary>Processes and descriptors.</summary>
internal static unsafe partial class Libc
{
    /// <summary>Becomes another program, with this one's descriptors and environment; returns an <c>errno</c> if that failed.</summary>
    public static int Become(string path, IReadOnlyList<string> arguments)
    {
        var vector = stackalloc nint[arguments.Count + 1];
        for (var i = 0; i < arguments.Count; i++)
            vector[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        vector[arguments.Count] = 0;
        // The runtime ignores SIGPIPE, and an ignored signal stays ignored in the next program.
        _ = signal(BrokenPipeSignal, 0);
        _ = execv(path, vector);
        var error = Marshal.GetLastPInvokeError();
        for (var i = 0; i < arguments.Count; i++)
            Marshal.FreeCoTaskMem(vector[i]);
        return error;
    }

    /// <summary>Makes a descriptor lead nowhere.</summary>
    public static void RedirectToNothing(int descriptor)
    {
        var nothing = open("/dev/null", ReadWrite, 0);
        if (nothing < 0 || dup2(nothing, descriptor) < 0)
            throw SystemCallException.Last("/dev/null");
        if (nothing != descriptor)
            _ = close(nothing);
    }

    private const int BrokenPipeSignal = 13;
    private const int ReadWrite = 2;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string path, nint* arguments);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
