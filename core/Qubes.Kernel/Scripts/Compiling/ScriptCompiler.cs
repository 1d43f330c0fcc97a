using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;
using Qubes.Kernel.Scripts.Files;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>
/// Compiles scripts. The compiler itself is loaded with the first one, which takes about a second and 100 MiB; whose scripts are in the cache
/// never loads it. For any thread but the kernel loop's.
/// </summary>
internal sealed class ScriptCompiler(ScriptReader reader)
{
    private static readonly string[] Imports =
    [
        "System", "System.Collections.Generic", "System.Linq", "Qubes.Sdk.Disposables", "Qubes.Sdk.Domains", "Qubes.Sdk.Errors", "Qubes.Sdk.Events",
        "Qubes.Sdk.Memory", "Qubes.Sdk.Scripting",
    ];

    /// <exception cref="CompileException">It does not compile, or uses what scripts may not.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public CompiledScript Compile(ScriptText text, CancellationToken cancel)
    {
        // The compiler recycles its references with its caches: between scripts nothing of it is ours to keep.
        var options = ScriptOptions.Default
            .WithReferences(AllowedAssemblies.Paths.Values.Select(p => MetadataReference.CreateFromFile(p)))
            .WithImports(Imports)
            .WithMetadataResolver(new AllowedReferences())
            .WithSourceResolver(new LoadedFiles(text, reader))
            .WithFilePath(text.Path)
            .WithEmitDebugInformation(true)
            .WithAllowUnsafe(false)
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithFileEncoding(Encoding.UTF8);
        var source = Encoding.UTF8.GetString(text.Files[text.Path]);
        var compilation = CSharpScript.Create(source, options, typeof(ScriptGlobals)).GetCompilation();
        using var assembly = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb),
            cancellationToken: cancel);
        if (!emitted.Success)
            throw new CompileException(Errors(emitted.Diagnostics, text.Path));
        return GuardedCode.Of(new(assembly.ToArray(), symbols.ToArray()), text.Path);
    }

    private static List<string> Errors(ImmutableArray<Diagnostic> diagnostics, string path) =>
        [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start).Select(d => Line(d, path)).Distinct()];

    private static string Line(Diagnostic diagnostic, string path)
    {
        var place = diagnostic.Location.GetMappedLineSpan();
        var file = place.Path is { Length: > 0 } named ? named : path;
        return $"{file}:{place.StartLinePosition.Line + 1}:{place.StartLinePosition.Character + 1}: {Text(diagnostic)}";
    }

    private static string Text(Diagnostic diagnostic) => diagnostic.Id switch
    {
        "CS0006" => "#r is refused: a script may refer to Qubes.Sdk and to the assemblies of .NET, by name",
        "CS1504" => "#load is refused: a script may load files from the directories of scripts, and what is below them",
        _ => $"{diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)} ({diagnostic.Id})",
    };
}
