namespace Qubes.Kernel.Plugins.Trust;

/// <summary>
/// Code that runs in a privileged daemon must come from where only trusted users can write: every file and directory of a
/// plugin, and the directory that holds it, belongs to a trusted user, nobody else may write to it, and it is no link.
/// </summary>
/// <param name="trustedOwners">User ids; null trusts everything, for a daemon that has no privileges to lose.</param>
internal sealed class PluginTrust(IReadOnlyCollection<uint>? trustedOwners)
{
    private const int MaxEntries = 10_000;

    /// <summary>Root alone for a daemon that runs as root; else no check.</summary>
    public static PluginTrust ForThisProcess() => new(Environment.IsPrivilegedProcess ? [0] : null);

    /// <exception cref="PluginRefusedException">Names the first file that is not to be trusted.</exception>
    public void Check(string pluginFolder)
    {
        if (trustedOwners is null)
            return;
        try
        {
            CheckOne(Path.GetDirectoryName(pluginFolder)!, trustedOwners);
            CheckOne(pluginFolder, trustedOwners);
            var entries = 0;
            foreach (var entry in Directory.EnumerateFileSystemEntries(pluginFolder, "*", AllOfIt))
            {
                CheckOne(entry, trustedOwners);
                if (++entries > MaxEntries)
                    throw Refused(pluginFolder, $"has more than {MaxEntries} files");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PluginRefusedException(PluginState.Malfunctioned, $"its files cannot be checked: {e.Message}", e);
        }
    }

    private static EnumerationOptions AllOfIt => new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = false,
        AttributesToSkip = 0,
    };

    private static void CheckOne(string path, IReadOnlyCollection<uint> trusted)
    {
        var owner = FileOwner.Of(path);
        if ((owner.Mode & FileOwner.TypeMask) is not (FileOwner.Directory or FileOwner.Regular))
            throw Refused(path, "is neither a file nor a directory");
        if (!trusted.Contains(owner.Uid))
            throw Refused(path, $"belongs to user {owner.Uid}; it must belong to {string.Join(" or ", trusted)}");
        if ((owner.Mode & FileOwner.GroupOrOthersWrite) != 0)
            throw Refused(path, "may be written by its group or others; only its owner may");
    }

    private static PluginRefusedException Refused(string path, string why) =>
        new(PluginState.Malfunctioned, $"{path} {why}");
}
