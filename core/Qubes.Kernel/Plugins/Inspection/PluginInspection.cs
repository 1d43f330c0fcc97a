using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Qubes.Kernel.Plugins.Manifests;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Inspection;

/// <summary>
/// Checks a plugin without running anything of it: its manifest, then in the metadata of its entry assembly the entry type, the SDK that
/// it was built against, and whether everything that it references is there.
/// </summary>
/// <param name="isHosts">Whether the host supplies the assembly of this simple name.</param>
internal sealed class PluginInspection(Predicate<string> isHosts)
{
    private const string Sdk = "Qubes.Sdk";
    private const string EntryNamespace = "Qubes.Sdk.Plugins";
    private const string EntryType = "QubesPlugin";

    /// <exception cref="PluginRefusedException">Says what is wrong with it.</exception>
    public PluginManifest Check(string folder)
    {
        var manifest = ManifestReader.Read(folder);
        Check(folder, manifest);
        return manifest;
    }

    /// <exception cref="PluginRefusedException">Says what is wrong with it.</exception>
    public void Check(string folder, PluginManifest manifest)
    {
        foreach (var reference in ReadEntry(Path.Combine(folder, manifest.Assembly)))
        {
            if (reference.Name == Sdk)
                CheckSdk(manifest.Assembly, reference.Version!);
            if (!isHosts(reference.Name!) && !IsIn(folder, reference.Name!))
            {
                throw Refused(PluginState.Malfunctioned,
                    $"{manifest.Assembly} needs {reference.Name} {reference.Version}, which neither the plugin's folder nor the host has");
            }
        }
    }

    /// <summary>What the entry assembly references. What those need in turn may never be used, and is found out when it is.</summary>
    private static List<AssemblyName> ReadEntry(string path)
    {
        var file = Path.GetFileName(path);
        try
        {
            using var image = new PEReader(File.OpenRead(path));
            if (!image.HasMetadata)
                throw Refused(PluginState.Malfunctioned, $"BadImageFormatException: {file} is not a .NET assembly");
            var metadata = image.GetMetadataReader();
            if (EntryTypes(metadata) is var count and not 1)
            {
                throw Refused(PluginState.Malfunctioned,
                    $"{Path.GetFileNameWithoutExtension(path)} has {count} public subclasses of {EntryType} with a public constructor "
                    + "that takes nothing; it must have one");
            }
            return [.. metadata.AssemblyReferences.Select(handle => metadata.GetAssemblyReference(handle).GetAssemblyName())];
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            throw new PluginRefusedException(PluginState.Malfunctioned, $"{e.GetType().Name}: {file}: {OneLine(e.Message)}", e);
        }
    }

    private static int EntryTypes(MetadataReader metadata) =>
        metadata.TypeDefinitions.Count(handle => IsEntry(metadata, metadata.GetTypeDefinition(handle)));

    // A subclass of a subclass counts, too, so long as both are in the entry assembly.
    private static bool IsEntry(MetadataReader metadata, TypeDefinition type) =>
        (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
        && (type.Attributes & TypeAttributes.Abstract) == 0
        && Derives(metadata, type, depth: 0)
        && type.GetMethods().Any(handle => IsPlainConstructor(metadata, metadata.GetMethodDefinition(handle)));

    private static bool Derives(MetadataReader metadata, TypeDefinition type, int depth) => depth < 16 && type.BaseType.Kind switch
    {
        HandleKind.TypeReference => IsPluginType(metadata, metadata.GetTypeReference((TypeReferenceHandle)type.BaseType)),
        HandleKind.TypeDefinition => Derives(metadata, metadata.GetTypeDefinition((TypeDefinitionHandle)type.BaseType), depth + 1),
        _ => false,
    };

    private static bool IsPluginType(MetadataReader metadata, TypeReference type) =>
        metadata.StringComparer.Equals(type.Name, EntryType) && metadata.StringComparer.Equals(type.Namespace, EntryNamespace);

    private static bool IsPlainConstructor(MetadataReader metadata, MethodDefinition method)
    {
        if (!metadata.StringComparer.Equals(method.Name, ".ctor") || (method.Attributes & MethodAttributes.MemberAccessMask) != MethodAttributes.Public)
            return false;
        var signature = metadata.GetBlobReader(method.Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger() == 0;
    }

    // The assembly's version is that of the contract: the manifest may be edited, the reference is the compiler's.
    private static void CheckSdk(string file, Version built)
    {
        var host = SdkVersion.Current;
        if (built.Major != host.Major || built.Minor > host.Minor)
        {
            throw Refused(PluginState.Unsupported,
                $"{file} is built against {Sdk} {built.ToString(2)}; this host takes {host.Major}.0 to {host.ToString(2)}");
        }
    }

    // Those for a platform lie deeper: runtimes/linux/lib/….
    private static bool IsIn(string folder, string assembly) =>
        Directory.EnumerateFiles(folder, assembly + ".dll", SearchOption.AllDirectories).Any();

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static PluginRefusedException Refused(PluginState state, string why) => new(state, why);
}
