using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>What a script may use: the SDK, .NET's own assemblies, and what the SDK's contracts need.</summary>
internal static class AllowedAssemblies
{
    /// <summary>What is there without being asked for, by simple name.</summary>
    public static FrozenDictionary<string, string> Paths { get; } = Find();

    /// <summary>The file that <c>#r</c> means; null: it is not allowed.</summary>
    public static string? Resolve(string reference) =>
        Paths.GetValueOrDefault(reference.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? reference[..^4] : reference);

    private static FrozenDictionary<string, string> Find() =>
        Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll")
            .Where(IsManaged)
            .Concat(new[] { typeof(ScriptGlobals).Assembly, typeof(ILogger).Assembly }.Select(a => a.Location))
            .DistinctBy(Path.GetFileNameWithoutExtension)
            .ToFrozenDictionary(p => Path.GetFileNameWithoutExtension(p)!, StringComparer.OrdinalIgnoreCase);

    private static bool IsManaged(string path)
    {
        var name = Path.GetFileName(path);
        return (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll" or "Microsoft.CSharp.dll")
            && !name.Contains(".Native.", StringComparison.Ordinal);
    }
}
