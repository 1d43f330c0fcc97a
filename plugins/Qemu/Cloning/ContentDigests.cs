using System.Collections.Concurrent;
using System.Security.Cryptography;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>
/// Names files by their content (SHA-256). A file is read again when its number, size or time of change is another: the last is
/// the kernel's own, which nobody can set back.
/// </summary>
internal sealed class ContentDigests
{
    private readonly ConcurrentDictionary<string, (FileFacts Facts, string Digest)> known = new();

    /// <exception cref="QubeException">It cannot be read.</exception>
    public async Task<string> OfAsync(string path, CancellationToken cancel)
    {
        try
        {
            var facts = FileFacts.Of(path) ?? throw new QubeException($"{path} is missing");
            if (known.TryGetValue(path, out var last) && last.Facts == facts)
                return last.Digest;
            var file = File.OpenRead(path);
            await using (file.ConfigureAwait(false))
            {
                var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel).ConfigureAwait(false));
                known[path] = (facts, digest);
                return digest;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QubeException($"{path} cannot be read: {e.Message}");
        }
    }
}
