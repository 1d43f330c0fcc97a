using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Trust;

/// <summary>
/// Code that runs in the daemon must come from where only trusted users can write: every file and directory of a plugin, and the
/// directory that holds it, belongs to a trusted user, nobody else may write to it, and it is no link: what a link leads to is somebody
/// else's to change.
/// </summary>
/// <param name="trustedOwners">User ids; null trusts every owner and mode, for a test.</param>
/// <param name="trustsGroup">Whether its group may write, too: for a daemon that has no privileges to lose.</param>
internal sealed class PluginTrust(IReadOnlyCollection<uint>? trustedOwners, bool trustsGroup = false)
{
    /// <summary>Root alone for a daemon that runs as root; else root and the daemon's own user.</summary>
    public static PluginTrust ForThisProcess() =>
        Environment.IsPrivilegedProcess ? new([0]) : new([0, FileFacts.Of("/proc/self").Uid], trustsGroup: true);

    /// <exception cref="PluginRefusedException">Names the first file that is not to be trusted.</exception>
    public void Check(string pluginFolder)
    {
        try
        {
            var parent = Path.GetDirectoryName(pluginFolder)!;
            CheckOne(parent, FileFacts.Of(parent));
            CheckOne(pluginFolder, FileFacts.Of(pluginFolder));
            foreach (var (path, facts) in PluginFiles.Of(pluginFolder))
                CheckOne(path, facts);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PluginRefusedException(PluginState.Malfunctioned, $"its files cannot be checked: {e.Message}", e);
        }
    }

    private void CheckOne(string path, FileFacts facts)
    {
        if (facts.Type == FileFacts.Link)
            throw Refused(path, $"is a symbolic link, to {new FileInfo(path).LinkTarget}; a plugin's files must lie in its folder");
        if (facts.Type is not (FileFacts.Directory or FileFacts.Regular))
            throw Refused(path, "is neither a file nor a directory");
        if (trustedOwners is null)
            return;
        if (!trustedOwners.Contains(facts.Uid))
            throw Refused(path, $"belongs to user {facts.Uid}; it must belong to {string.Join(" or ", trustedOwners.Distinct())}");
        if ((facts.Mode & (trustsGroup ? FileFacts.OthersWrite : FileFacts.OthersWrite | FileFacts.GroupWrite)) != 0)
            throw Refused(path, trustsGroup ? "may be written by others" : "may be written by its group or others; only its owner may");
    }

    private static PluginRefusedException Refused(string path, string why) =>
        new(PluginState.Malfunctioned, $"{path} {why}");
}
