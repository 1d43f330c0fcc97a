using Microsoft.CodeAnalysis;
using Qubes.Kernel.Scripts.Files;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>Gives the compiler the files that were read, and no others.</summary>
internal sealed class LoadedFiles(ScriptText text, ScriptReader reader) : SourceReferenceResolver
{
    public override string? NormalizePath(string path, string? baseFilePath) => path;

    public override string? ResolveReference(string path, string? baseFilePath) =>
        reader.Resolve(path, baseFilePath ?? text.Path) is { } full && text.Files.ContainsKey(full) ? full : null;

    public override Stream OpenRead(string resolvedPath) => new MemoryStream(text.Files[resolvedPath], writable: false);

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => text.Path.GetHashCode(StringComparison.Ordinal);
}
