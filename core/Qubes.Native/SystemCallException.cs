using System.Runtime.InteropServices;

namespace Qubes.Native;

/// <summary>A system call failed; its <c>errno</c> is <see cref="Error"/>, and <see cref="Exception.HResult"/> too.</summary>
/// <param name="call">Which call, and what it was about.</param>
/// <param name="error">The errno.</param>
public sealed class SystemCallException(string call, int error)
    : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error)
{
    /// <summary>The errno.</summary>
    public int Error => HResult;

    /// <summary>For the errno of the call just made.</summary>
    public static SystemCallException Last(string call) => new(call, Marshal.GetLastPInvokeError());

    /// <summary>Throws for the errno of the call just made unless that returned 0.</summary>
    public static void Check(nint result, string call)
    {
        if (result != 0)
            throw Last(call);
    }
}
