using System.Security.Cryptography;
using System.Text;
using Qubes.Kernel.Plugins.Trust;

namespace Qubes.Kernel.Plugins.Generations;

/// <summary>
/// Tells one state of a plugin's folder from another, however it was brought about: written in place, renamed over, replaced as a
/// directory; a time of change that was set back is told by the inode's own.
/// </summary>
internal static class FolderFingerprint
{
    /// <exception cref="IOException">The folder changes while it is read, or cannot be.</exception>
    /// <exception cref="PluginRefusedException">It has too many files.</exception>
    public static string Of(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, facts) in PluginFiles.Of(folder).Prepend((folder, FileFacts.Of(folder) with { Size = 0, Changed = default })))
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{(facts.Type == FileFacts.Directory ? facts with { Size = 0, Changed = default } : facts)}\0"));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
