using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Qubes.GuestTools.Native;

/// <summary>A system call failed; <see cref="Error"/> is its <c>errno</c>.</summary>
internal sealed class SystemCallException(string call, int error) : IOException($"{call}: {new Win32Exception(error).Message}", error)
{
    /// <summary>The <c>errno</c>.</summary>
    public int Error => HResult;

    /// <summary>For the call that was made last.</summary>
    public static SystemCallException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
