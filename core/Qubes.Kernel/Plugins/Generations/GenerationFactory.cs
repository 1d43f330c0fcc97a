using System.Collections.Concurrent;
using Autofac;
using Qubes.Kernel.Plugins.Inspection;
using Qubes.Kernel.Plugins.Loading;
using Qubes.Kernel.Plugins.Manifests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Generations;

/// <summary>Copies plugins' folders, verifies the copies and loads their code. Slow, touches no domain state: for any thread.</summary>
internal sealed class GenerationFactory(QubesPaths paths)
{
    private readonly PluginInspection inspection = new(SharedFramework.IsHosts);
    private readonly ConcurrentDictionary<string, int> numbers = new(StringComparer.Ordinal);

    // Not below /run, which is mounted noexec: code that was compiled ahead of time, and native libraries, are mapped executable.
    private string Stage => paths.Cache + "/plugins";

    /// <summary>Removes what an earlier daemon left.</summary>
    public void Clean()
    {
        if (Directory.Exists(Stage))
            Directory.Delete(Stage, recursive: true);
    }

    /// <summary>A generation of what is in the folder now.</summary>
    /// <param name="found">The plugin; its fingerprint was taken before this.</param>
    /// <param name="folder">Its folder, or a copy of it.</param>
    /// <exception cref="PluginRefusedException">It is not what it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Generation Make(PluginStatus found, string folder)
    {
        var staged = StagedFolder.Copy(folder, Stage);
        PluginLoader? loader = null;
        try
        {
            var manifest = ManifestReader.Read(staged.Path);
            inspection.Check(staged.Path, manifest);
            loader = Load(staged.Path, manifest);
            return new(numbers.AddOrUpdate(found.Name, 1, (_, last) => last + 1), found with { Manifest = manifest }, staged, loader);
        }
        catch
        {
            loader?.Dispose();
            staged.Dispose();
            throw;
        }
    }

    private static PluginLoader Load(string folder, PluginManifest manifest)
    {
        var loader = PluginLoader.CreateFromAssemblyFile(Path.Combine(folder, manifest.Assembly), config =>
        {
            // What is never replaced starts quickly instead: collectible code is always compiled anew, also what was compiled ahead of time.
            config.IsUnloadable = manifest.Reload != PluginReload.Never;
            config.SharedAssemblies.Add(typeof(QubesPlugin).Assembly.GetName());
            config.SharedAssemblies.Add(typeof(ContainerBuilder).Assembly.GetName());
        });
        try
        {
            loader.LoadDefaultAssembly();
            return loader;
        }
        catch
        {
            loader.Dispose();
            throw;
        }
    }
}
