using System.Security.Cryptography;
using System.Text;

namespace Qubes.Kernel.Scripts.Files;

/// <summary>A script as it was read: its own text and that of every file it loads.</summary>
/// <param name="Path">Its own file.</param>
/// <param name="Files">All by path; bytes as they were read.</param>
internal sealed record ScriptText(string Path, IReadOnlyDictionary<string, byte[]> Files)
{
    /// <summary>The same for the same text in the same files.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{bytes.Length}\n"));
            hash.AppendData(bytes);
        }
        hash.AppendData(Encoding.UTF8.GetBytes(Path));
        return hash.GetHashAndReset();
    }
}
