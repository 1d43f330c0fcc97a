using System.Text.RegularExpressions;
using Qubes.Plugins.Qemu.Memory;

namespace Qubes.Plugins.Qemu.Cloning;

/// <summary>The files of one memory template. A directory with another name than its key is a half-made one.</summary>
internal sealed partial record TemplatePlace(string Directory)
{
    public const string Unfinished = ".new";

    private const UnixFileMode OwnDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Memory => Directory + "/memory";

    public string State => Directory + "/state";

    public string Stub => Directory + "/kernel-stub";

    public string Record => Directory + "/template.json";

    private IEnumerable<string> Files => [Memory, State, Stub, Record];

    public static bool IsKey(string text) => KeyPattern().IsMatch(text);

    /// <summary>Makes the directory, empty, the daemon's alone: a guest's memory has a guest's secrets.</summary>
    public void Make()
    {
        Remove();
        System.IO.Directory.CreateDirectory(Directory, OwnDirectory);
    }

    public void Remove()
    {
        if (System.IO.Directory.Exists(Directory))
            System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Bytes on the disk.</summary>
    public long Allocated() => Files.Sum(path => FileFacts.OfLink(path)?.Allocated ?? 0);

    /// <summary>Null, or why nobody should believe what is there: somebody else could have written it.</summary>
    public string? WhyNot()
    {
        if (!IsOwn(Directory, isDirectory: true))
            return "its directory is not the daemon's alone";
        return Files.FirstOrDefault(path => !IsOwn(path, isDirectory: false)) is { } other
            ? $"{Path.GetFileName(other)} is missing, or not the daemon's alone"
            : null;
    }

    /// <summary>A directory or a regular file, no link, that only this process's user can change.</summary>
    public static bool IsOwn(string path, bool isDirectory) =>
        FileFacts.OfLink(path) is { IsOnlyOwners: true } facts
        && facts.User == FileFacts.Of("/proc/self")!.User
        && (isDirectory ? facts.IsDirectory : facts.IsRegular);

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex KeyPattern();
}
