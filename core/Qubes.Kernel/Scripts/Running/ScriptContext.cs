using System.Reflection;
using System.Runtime.Loader;
using Qubes.Kernel.Scripts.Compiling;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>Where one version of a script is loaded. All that it refers to is the daemon's.</summary>
internal sealed class ScriptContext(string name) : AssemblyLoadContext("script " + name, isCollectible: true)
{
    private const string Entry = "Submission#0";
    private const string Factory = "<Factory>";

    /// <summary>Its top level, as something to be called.</summary>
    /// <exception cref="BadImageFormatException">It is no code of a script.</exception>
    public Func<ScriptGlobals, Task<object>> Load(CompiledScript code)
    {
        using var assembly = new MemoryStream(code.Assembly, writable: false);
        using var symbols = new MemoryStream(code.Symbols, writable: false);
        var entry = LoadFromStream(assembly, symbols).GetType(Entry)?.GetMethod(Factory)
            ?? throw new BadImageFormatException($"it has no {Entry}.{Factory}");
        var factory = entry.CreateDelegate<Func<object?[], Task<object>>>();
        return globals => factory([globals, null]);
    }

    // The default context has it, or nobody.
    protected override Assembly? Load(AssemblyName assemblyName) => null;
}
