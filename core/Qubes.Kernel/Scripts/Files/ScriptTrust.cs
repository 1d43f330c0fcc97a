using Qubes.Kernel.Plugins.Trust;

namespace Qubes.Kernel.Scripts.Files;

/// <summary>
/// What runs in the daemon must come from where only trusted users can write: files and the directories that hold them belong to root or
/// the daemon's user, nobody else may write to them, and none is a link.
/// </summary>
internal sealed class ScriptTrust(IReadOnlyCollection<uint> owners)
{
    /// <summary>Root, and whoever this process runs as: not by <c>/proc/self</c>, a link, which is root's whoever looks.</summary>
    public static ScriptTrust ForThisProcess() => new([0, FileFacts.Of($"/proc/{Environment.ProcessId}").Uid]);

    /// <exception cref="ScriptRefusedException">It is not to be trusted.</exception>
    public void RequireFile(string path) => Require(path, FileFacts.Regular, "a regular file");

    /// <exception cref="ScriptRefusedException">It is not to be trusted.</exception>
    public void RequireDirectory(string path) => Require(path, FileFacts.Directory, "a directory");

    private void Require(string path, uint type, string what)
    {
        FileFacts file;
        try
        {
            file = FileFacts.Of(path);
        }
        catch (IOException e)
        {
            throw new ScriptRefusedException(e.Message, e);
        }
        if (file.Type != type)
            throw new ScriptRefusedException($"{path} is not {what}; links are not followed");
        if (!owners.Contains(file.Uid))
            throw new ScriptRefusedException($"{path} belongs to user {file.Uid}; it must belong to {string.Join(" or ", owners.Distinct())}");
        if ((file.Mode & (FileFacts.GroupWrite | FileFacts.OthersWrite)) != 0)
            throw new ScriptRefusedException($"{path} may be written by its group or others; only its owner may (chmod go-w)");
    }
}
