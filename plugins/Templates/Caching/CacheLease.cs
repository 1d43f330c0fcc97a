namespace Qubes.Plugins.Templates.Caching;

/// <summary>Something in the cache that stays there, unchanged, until this is disposed of.</summary>
internal sealed class CacheLease(string path, string key, FileLock held) : IDisposable
{
    /// <summary>Its directory.</summary>
    public string Path => path;

    /// <summary>Its name in the cache.</summary>
    public string Key => key;

    /// <summary>A file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(path, name);

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();
}
