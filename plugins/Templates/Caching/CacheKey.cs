using System.Security.Cryptography;
using System.Text;

namespace Qubes.Plugins.Templates.Caching;

/// <summary>Names content by what it is made of: a SHA-256 over labelled values, so that no two lists of values look the same.</summary>
internal sealed class CacheKey : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="kind">What is named.</param>
    /// <param name="version">Of the code that makes it; a change makes everything anew.</param>
    public CacheKey(string kind, int version) => Add("kind", kind).Add("version", version.ToString());

    /// <summary>Adds a value; each is preceded by the lengths of label and value.</summary>
    public CacheKey Add(string label, string value)
    {
        AddBytes(Encoding.UTF8.GetBytes(label));
        AddBytes(Encoding.UTF8.GetBytes(value));
        return this;
    }

    /// <summary>Adds several values and their number; their order counts.</summary>
    public CacheKey Add(string label, IReadOnlyCollection<string> values)
    {
        Add(label, values.Count.ToString());
        foreach (var value in values)
            Add("", value);
        return this;
    }

    /// <summary>The name: 32 hexadecimal digits.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset())[..32];

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AddBytes(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(BitConverter.GetBytes(bytes.Length));
        _hash.AppendData(bytes);
    }
}
