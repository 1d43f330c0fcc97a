using System.Globalization;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>
/// Old contents of a persistent volume: <c>VID.img.N@TIMEZ</c>, N counting up (spec: storage, section 4.1). The API has no
/// character <c>@</c> in a revision's id, which is <c>N-TIMEZ</c> therefore.
/// </summary>
internal sealed class Revisions(VolumeFiles files, TimeProvider time)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private string Prefix => files.BaseName + ".img.";

    /// <summary>Paths, oldest first. The newest may be another name of the current content, after an interrupted commit.</summary>
    public IReadOnlyList<string> All() => [.. Entries().Select(entry => entry.Path)];

    /// <summary>What can be reverted to, oldest first.</summary>
    public IReadOnlyList<VolumeRevision> Listed() => [.. Real().Select(entry => new VolumeRevision(entry.Id, entry.Time))];

    /// <summary>The path of what can be reverted to.</summary>
    /// <exception cref="VolumeRevisionNotFoundException">There is no such revision.</exception>
    public string Find(string id) =>
        Real().FirstOrDefault(entry => entry.Id == id)?.Path
        ?? throw new VolumeRevisionNotFoundException(
            $"The volume has no such revision; it has: {string.Join(", ", Real().Select(entry => entry.Id).DefaultIfEmpty("none"))}");

    /// <summary>Keeps the content that is about to be replaced. Once is enough, also when the commit is done over.</summary>
    public void Keep()
    {
        if (FileFacts.Of(files.Image) is not { } current)
            return;
        var newest = Entries().LastOrDefault();
        if (newest is not null && IsSame(newest.Path, current))
            return;
        var now = time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);
        FileCalls.Link(files.Image, $"{files.Directory}/{Prefix}{(newest?.Number ?? 0) + 1}@{now}");
    }

    /// <summary>Deletes the oldest ones beyond the number.</summary>
    public void Prune(int keep)
    {
        foreach (var path in All().SkipLast(Math.Max(0, keep)))
            File.Delete(path);
    }

    /// <summary>The vid that a file's name, without its directory, would be a revision of; null: of none.</summary>
    public static string? BaseNameOf(string fileName)
    {
        var at = fileName.LastIndexOf(".img.", StringComparison.Ordinal);
        return at > 0 && Parse(fileName, fileName[(at + 5)..]) is not null ? fileName[..at] : null;
    }

    private IEnumerable<Entry> Real()
    {
        var current = FileFacts.Of(files.Image);
        return Entries().Where(entry => current is null || !IsSame(entry.Path, current));
    }

    private List<Entry> Entries()
    {
        if (!Directory.Exists(files.Directory))
            return [];
        return
        [
            .. Directory.EnumerateFiles(files.Directory, Prefix + "*@*")
                .Select(path => Parse(path, Path.GetFileName(path)[Prefix.Length..]))
                .OfType<Entry>()
                .OrderBy(entry => entry.Number)
        ];
    }

    private static bool IsSame(string path, FileFacts current) => FileFacts.Of(path) is { } facts && facts.IsSameFile(current);

    // N@TIMEZ, N a decimal number of at least 1 in its only spelling; anything else is somebody else's file.
    private static Entry? Parse(string path, string ending)
    {
        var at = ending.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0
            || ending[0] == '0'
            || !long.TryParse(ending.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !DateTimeOffset.TryParseExact(
                ending.AsSpan(at + 1), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return null;
        }
        return new Entry(path, number, time, $"{number}-{ending[(at + 1)..]}");
    }

    private sealed record Entry(string Path, long Number, DateTimeOffset Time, string Id);
}
