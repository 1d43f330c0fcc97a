using System.Runtime.InteropServices;

namespace Qubes.Sdk.LocalSockets;

/// <summary>What .NET has no name for.</summary>
internal static partial class FileOwner
{
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Change(string path, uint user, uint group);
}
