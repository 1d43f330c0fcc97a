using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Qubes.Plugins.Templates.Caching;

namespace Qubes.Plugins.Templates.Images;

/// <summary>Files that are laid over the packages' files, as an archive, so that owners and modes are exact whoever runs the build.</summary>
internal static class Overlay
{
    /// <summary>Writes the archive; parent directories come before what is in them.</summary>
    public static void Write(IEnumerable<OverlayEntry> entries, string path)
    {
        using var file = File.Create(path);
        using var archive = new TarWriter(file, TarEntryFormat.Pax);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            for (var slash = entry.Path.IndexOf('/'); slash > 0; slash = entry.Path.IndexOf('/', slash + 1))
                AddFolder(archive, folders, new OverlayFolder(entry.Path[..slash]));
            if (entry is OverlayFolder folder)
                AddFolder(archive, folders, folder);
            else
                archive.WriteEntry(Describe(entry));
        }
    }

    /// <summary>Adds all that makes the result to a key.</summary>
    public static CacheKey AddTo(CacheKey key, IEnumerable<OverlayEntry> entries)
    {
        foreach (var entry in entries)
        {
            key.Add(entry.GetType().Name, entry.Path).Add("mode", ((int)entry.Mode).ToString()).Add("content", entry switch
            {
                OverlayCopy copy => HashOf(copy.Source),
                OverlayText text => text.Text,
                OverlayLink link => link.Target,
                OverlayFolder folder => folder.Owner.ToString(),
                _ => throw new ArgumentOutOfRangeException(nameof(entries), entry, null),
            });
        }
        return key;
    }

    /// <summary>A file's SHA-256 in hexadecimal.</summary>
    public static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static void AddFolder(TarWriter archive, HashSet<string> written, OverlayFolder folder)
    {
        if (written.Add(folder.Path))
            archive.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder.Path) { Mode = folder.Mode, Uid = folder.Owner, Gid = folder.Owner });
    }

    private const UnixFileMode AnyMode = (UnixFileMode)0x1FF;

    private static PaxTarEntry Describe(OverlayEntry entry) => entry switch
    {
        OverlayLink link => new PaxTarEntry(TarEntryType.SymbolicLink, link.Path) { LinkName = link.Target, Mode = AnyMode },
        OverlayText text => Regular(text, Encoding.UTF8.GetBytes(text.Text)),
        OverlayCopy copy => Regular(copy, File.ReadAllBytes(copy.Source)),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry, null),
    };

    private static PaxTarEntry Regular(OverlayEntry entry, byte[] content) =>
        new(TarEntryType.RegularFile, entry.Path) { Mode = entry.Mode, DataStream = new MemoryStream(content) };
}
