using System.Runtime.InteropServices;

namespace Qubes.Machine.Launcher;

/// <summary>Replaces this program by another.</summary>
internal static unsafe class NativeExec
{
    /// <summary>Returns only to say why it could not. The environment is empty: nothing of the daemon's leaks into it.</summary>
    public static LaunchException Run(string program, IReadOnlyList<string> arguments)
    {
        var vector = (nint*)NativeMemory.AllocZeroed((nuint)(arguments.Count + 2), (nuint)sizeof(nint));
        vector[0] = Marshal.StringToCoTaskMemUTF8(program);
        for (var i = 0; i < arguments.Count; i++)
            vector[i + 1] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        nint end = 0;
        _ = Native.Execute(program, vector, &end);
        return Native.Failure($"run {program}");
    }
}
