namespace Qubes.Kernel.Plugins.Trust;

/// <summary>Every file of a plugin's folder, links not followed.</summary>
internal static class PluginFiles
{
    private const int MaxEntries = 10_000;

    private static EnumerationOptions AllOfIt => new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = 0,
    };

    /// <summary>Files and directories below the folder, in the order of their paths, each with its facts.</summary>
    /// <exception cref="IOException">The folder changes while it is read, or cannot be.</exception>
    /// <exception cref="PluginRefusedException">There are too many.</exception>
    public static IEnumerable<(string Path, FileFacts Facts)> Of(string folder)
    {
        // Links to directories are listed, not entered.
        var entries = Directory.EnumerateFileSystemEntries(folder, "*", AllOfIt).Take(MaxEntries + 1).Order(StringComparer.Ordinal).ToList();
        if (entries.Count > MaxEntries)
            throw new PluginRefusedException(Sdk.Plugins.PluginState.Malfunctioned, $"{folder} has more than {MaxEntries} files");
        return entries.Select(path => (path, FileFacts.Of(path)));
    }
}
