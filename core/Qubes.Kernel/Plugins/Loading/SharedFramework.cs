using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>
/// Simple names of the assemblies that the runtime's shared frameworks supply. A plugin that brings a copy of one (packages
/// do) still gets the host's, or its types would not be the host's types.
/// </summary>
internal static class SharedFramework
{
    private static readonly FrozenSet<string> Names = Find();

    public static bool Has(string simpleName) => Names.Contains(simpleName);

    private static FrozenSet<string> Find()
    {
        // …/shared/Microsoft.NETCore.App/VERSION/ → …/shared/, where every framework lives.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..")) + Path.DirectorySeparatorChar;
        var trusted = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        return trusted.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.StartsWith(root, StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
