using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>
/// Simple names of the assemblies that the runtime's shared frameworks supply. A plugin that brings a copy of one (packages
/// do) still gets the host's, or its types would not be the host's types.
/// </summary>
internal static class SharedFramework
{
    private static readonly string[] Paths = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static readonly FrozenSet<string> Names = Find();

    private static readonly FrozenSet<string> Trusted =
        Paths.Select(path => Path.GetFileNameWithoutExtension(path)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Has(string simpleName) => Names.Contains(simpleName);

    /// <summary>Whether the host supplies it at all: as part of a framework or of its own program.</summary>
    public static bool IsHosts(string simpleName) => Trusted.Contains(simpleName);

    private static FrozenSet<string> Find()
    {
        // …/shared/Microsoft.NETCore.App/VERSION/ → …/shared/, where every framework lives.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..")) + Path.DirectorySeparatorChar;
        return Paths.Where(path => path.StartsWith(root, StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
