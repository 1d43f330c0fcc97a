namespace Qubes.Kernel.Plugins.Loading;

/// <summary>Copies a plugin's folder to a place that only this user can read or change.</summary>
internal static class FolderCopy
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static void Make(string source, string target)
    {
        Directory.CreateDirectory(target, OwnerOnly);
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(source))
            Make(folder, Path.Combine(target, Path.GetFileName(folder)));
    }
}
