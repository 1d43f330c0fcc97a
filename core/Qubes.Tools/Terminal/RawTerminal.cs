using System.Runtime.InteropServices;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Terminal;

/// <summary>Switches a terminal device to raw mode: bytes pass unchanged, none is echoed.</summary>
internal static partial class RawTerminal
{
    // struct termios of glibc has 60 bytes on x86-64.
    private const int Size = 128;
    private const int Now = 0;

    /// <exception cref="ToolException">It is no terminal.</exception>
    public static void Enable(SafeHandle device, string path)
    {
        Span<byte> settings = stackalloc byte[Size];
        if (GetAttributes(device, settings) != 0)
            throw new ToolException($"'{path}' is no terminal: {Marshal.GetLastPInvokeErrorMessage()}");
        MakeRaw(settings);
        if (SetAttributes(device, Now, settings) != 0)
            throw new ToolException($"cannot set the terminal '{path}' to raw mode: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(SafeHandle device, Span<byte> settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(Span<byte> settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(SafeHandle device, int when, ReadOnlySpan<byte> settings);
}
