using Qubes.Kernel.Plugins.Trust;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Generations;

/// <summary>
/// A copy of a plugin's folder that only this user can read or change, so that an upgrade never changes files in use. Disposing removes
/// it; what is mapped stays readable.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private StagedFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Copies the folder.</summary>
    /// <param name="source">The plugin's folder; its name is the copy's.</param>
    /// <param name="stage">Where copies are kept.</param>
    /// <exception cref="IOException">It cannot be copied.</exception>
    /// <exception cref="PluginRefusedException">It has links or too many files.</exception>
    public static StagedFolder Copy(string source, string stage)
    {
        // The copy's own folder has the plugin's name, which its manifest repeats.
        var staged = new StagedFolder(System.IO.Path.Combine(stage, System.IO.Path.GetRandomFileName(), System.IO.Path.GetFileName(source)));
        try
        {
            Directory.CreateDirectory(staged.Path, OwnerOnly);
            foreach (var (path, facts) in PluginFiles.Of(source))
                CopyOne(path, facts, System.IO.Path.Combine(staged.Path, System.IO.Path.GetRelativePath(source, path)));
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var own = System.IO.Path.GetDirectoryName(Path)!;
        if (Directory.Exists(own))
            Directory.Delete(own, recursive: true);
    }

    private static void CopyOne(string path, FileFacts facts, string target)
    {
        if (facts.Type == FileFacts.Directory)
            Directory.CreateDirectory(target, OwnerOnly);
        else if (facts.Type == FileFacts.Regular)
            File.Copy(path, target);
        else
            throw new PluginRefusedException(PluginState.Malfunctioned, $"{path} is neither a file nor a directory");
    }
}
