using Qubes.Plugins.Templates.Builds;
using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Kernels;
using Qubes.Plugins.Templates.Processes;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Registration;

/// <summary>
/// Where images wait for their pool, which consumes them: copies of the cache's, beside the state, so that the default
/// pool only renames them. Shared blocks where the file system can, sparse where it cannot.
/// </summary>
internal sealed class ImportFolder(QubesPaths paths, KernelFolders kernels)
{
    private string Folder => paths.State + "/import";

    /// <summary>Copies the images and installs the kernel. Off the kernel loop.</summary>
    public async Task<PreparedTemplate> PrepareAsync(CacheLease built, CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        var release = await File.ReadAllTextAsync(built.File(ImageBuilder.KernelRelease), cancel);
        var kernel = kernels.Install(built.Path, release);
        var name = Guid.NewGuid().ToString("N");
        var home = built.File(ImageBuilder.PrivateImage);
        var prepared = new PreparedTemplate(
            built.Key, kernel, $"{Folder}/{name}-root.img", File.Exists(home) ? $"{Folder}/{name}-private.img" : null);
        try
        {
            await CopyAsync(built.File(ImageBuilder.RootImage), prepared.RootImage, cancel);
            if (prepared.PrivateImage is { } target)
                await CopyAsync(home, target, cancel);
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    /// <summary>Removes what a killed daemon left.</summary>
    public void RemoveRemains()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (var image in Directory.EnumerateFiles(Folder, "*.img").ToList())
            File.Delete(image);
    }

    private async Task CopyAsync(string source, string target, CancellationToken cancel) =>
        await ToolRunner.RunAsync(
            new ToolCommand("cp", "--reflink=auto", "--sparse=always", "--", source, target) { WorkingDirectory = Folder }, cancel);
}
