using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Initramfs;
using Qubes.Plugins.Templates.Images;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Kernels;

/// <summary>
/// The kernels' directory, which qubes choose from by name. One that is made here is called after the kernel's release and
/// its content, so a qube that runs keeps its own when a template is rebuilt.
/// </summary>
internal sealed class KernelFolders(QubesPaths paths)
{
    private const string Marker = "made-by-templates";
    private const string Unfinished = ".part";

    /// <summary>Copies kernel and initramfs from a directory; returns the name. Quiet when it is there.</summary>
    public string Install(string source, string release)
    {
        var image = Path.Combine(source, KernelMaker.Image);
        var initramfs = Path.Combine(source, InitramfsMaker.FileName);
        using var key = new CacheKey("kernel directory", 1);
        var hash = key.Add("image", Overlay.HashOf(image)).Add("initramfs", Overlay.HashOf(initramfs)).Finish()[..8];
        var name = $"{release}-{hash}";
        var target = Path.Combine(paths.Kernels, name);
        if (Directory.Exists(target))
            return name;

        var fresh = Directory.CreateDirectory(Path.Combine(paths.Kernels, $".{Guid.NewGuid():N}{Unfinished}")).FullName;
        File.Copy(image, Path.Combine(fresh, KernelMaker.Image));
        File.Copy(initramfs, Path.Combine(fresh, InitramfsMaker.FileName));
        File.WriteAllText(Path.Combine(fresh, Marker), "");
        Durable.Flush(fresh);
        try
        {
            Directory.Move(fresh, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another build was first, with the same content.
            Directory.Delete(fresh, recursive: true);
        }
        return name;
    }

    /// <summary>Whether this plugin made the kernel of that name, and so may replace or remove it.</summary>
    public bool IsOurs(string name) => name.Length > 0 && File.Exists(Path.Combine(paths.Kernels, name, Marker));

    /// <summary>Removes what was made here and is not in the set.</summary>
    public void Prune(IReadOnlySet<string> used)
    {
        if (!Directory.Exists(paths.Kernels))
            return;
        foreach (var folder in Directory.EnumerateDirectories(paths.Kernels).ToList())
        {
            var name = Path.GetFileName(folder);
            if (IsOurs(name) && !used.Contains(name) && !name.StartsWith('.'))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Removes what a killed daemon left half made.</summary>
    public void RemoveRemains()
    {
        if (!Directory.Exists(paths.Kernels))
            return;
        foreach (var folder in Directory.EnumerateDirectories(paths.Kernels, ".*" + Unfinished).ToList())
            Directory.Delete(folder, recursive: true);
    }
}
