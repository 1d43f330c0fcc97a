using System.Security.Cryptography;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Methods.Volumes;

/// <summary>
/// Which volume a token lets its holder copy. Each works once, until the daemon ends or <see cref="Most"/> newer ones
/// have been given out. Used on the kernel loop.
/// </summary>
internal sealed class CopyTokens
{
    public const int Most = 4096;
    public const int Length = 32;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly OrderedDictionary<string, Volume> tokens = new(StringComparer.Ordinal);

    /// <summary>A new token; nobody can guess it.</summary>
    public string Issue(Volume volume)
    {
        if (tokens.Count == Most)
            tokens.RemoveAt(0);
        string token = RandomNumberGenerator.GetString(Alphabet, Length);
        tokens.Add(token, volume);
        return token;
    }

    /// <summary>The token's volume, for the only time.</summary>
    /// <exception cref="CopyTokenNotFoundException">It was never given out, or was used.</exception>
    public Volume Redeem(string token) => tokens.Remove(token, out Volume? volume)
        ? volume
        : throw new CopyTokenNotFoundException("The copy token is unknown or was used; ask admin.vm.volume.CloneFrom for another.");
}
