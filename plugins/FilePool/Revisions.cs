using System.Globalization;
using Qubes.Plugins.FilePool.Linux;

namespace Qubes.Plugins.FilePool;

/// <summary>
/// Old contents of a persistent volume: <c>VID.img.N@TIMEZ</c>, N counting up (spec: storage, section 4.1).
/// </summary>
internal sealed class Revisions(VolumeFiles files, TimeProvider time)
{
    private string Prefix => files.BaseName + ".img.";

    /// <summary>Paths, oldest first.</summary>
    public IReadOnlyList<string> All()
    {
        if (!Directory.Exists(files.Directory))
            return [];
        return
        [
            .. Directory.EnumerateFiles(files.Directory, Prefix + "*@*")
                .Select(path => (Path: path, Number: NumberOf(path)))
                .Where(revision => revision.Number > 0)
                .OrderBy(revision => revision.Number)
                .Select(revision => revision.Path)
        ];
    }

    /// <summary>Keeps the content that is about to be replaced. Once is enough, also when the commit is done over.</summary>
    public void Keep()
    {
        if (FileFacts.Of(files.Image) is not { } current)
            return;
        var all = All();
        var newest = all.Count > 0 ? all[^1] : null;
        if (newest is not null && FileFacts.Of(newest) is { } kept && kept.IsSameFile(current))
            return;
        var number = newest is null ? 1 : NumberOf(newest) + 1;
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        FileCalls.Link(files.Image, $"{files.Directory}/{Prefix}{number}@{now}");
    }

    /// <summary>Deletes the oldest ones beyond the number.</summary>
    public void Prune(int keep)
    {
        foreach (var path in All().SkipLast(Math.Max(0, keep)))
            File.Delete(path);
    }

    private long NumberOf(string path)
    {
        var text = Path.GetFileName(path)[Prefix.Length..];
        var end = text.IndexOf('@', StringComparison.Ordinal);
        return end > 0 && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
    }
}
