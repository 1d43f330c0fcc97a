using System.Reflection;

namespace Qubes.Kernel.Plugins.Loading;

/// <summary>One load of a plugin: its context and, where asked for, the copy of its folder that the context reads.</summary>
internal sealed class PluginGeneration : IDisposable
{
    private readonly string? copy;

    public PluginGeneration(PluginConfig config)
    {
        var main = config.MainAssemblyPath;
        if (config.ShadowCopyDirectory is { } shadow)
        {
            copy = Path.Combine(shadow, Path.GetFileNameWithoutExtension(main) + "." + Path.GetRandomFileName());
            main = Path.Combine(copy, Path.GetFileName(main));
        }
        try
        {
            if (copy is not null)
                FolderCopy.Make(Path.GetDirectoryName(config.MainAssemblyPath)!, copy);
            Context = new PluginLoadContext(config, main);
            MainAssemblyPath = main;
        }
        catch
        {
            RemoveCopy();
            throw;
        }
    }

    public PluginLoadContext Context { get; }

    public string MainAssemblyPath { get; }

    public Assembly LoadDefaultAssembly() => Context.LoadFromAssemblyPath(MainAssemblyPath);

    /// <summary>
    /// Begins the unloading; the runtime finishes it when nothing refers to the plugin any more. What is mapped stays
    /// readable after its file is gone.
    /// </summary>
    public void Dispose()
    {
        if (Context.IsCollectible)
            Context.Unload();
        RemoveCopy();
    }

    private void RemoveCopy()
    {
        if (copy is not null && Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
    }
}
