using System.Runtime.InteropServices;

namespace Qubes.Client.Native;

/// <summary>A system call failed.</summary>
internal sealed class SystemCallException(string call, int error)
    : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}")
{
    /// <summary>For the errno of the call just made.</summary>
    public static SystemCallException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
