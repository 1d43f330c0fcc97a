using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Qubes.Kernel.Scripts.Compiling;

/// <summary>Gives the compiler the assemblies that are allowed, and no others.</summary>
internal sealed class AllowedReferences : MetadataReferenceResolver
{
    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference, string? baseFilePath, MetadataReferenceProperties properties) =>
        AllowedAssemblies.Resolve(reference) is { } path ? [MetadataReference.CreateFromFile(path, properties)] : [];

    public override bool Equals(object? other) => other is AllowedReferences;

    public override int GetHashCode() => 1;
}
