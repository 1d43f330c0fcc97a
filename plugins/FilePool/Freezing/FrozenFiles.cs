using System.Text.RegularExpressions;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.FilePool.Freezing;

/// <summary>
/// The files of one frozen volume: <c>DIR_PATH/.frozen/KEY/NAME</c> with an ending each. All but the prepared layers are further names
/// of what the volume used, so that freezing copies nothing.
/// </summary>
internal sealed partial class FrozenFiles
{
    private const string PreparedStart = "prepared-";
    private const string CleanEnding = "-clean.img";

    private readonly string stem;

    /// <exception cref="StorageException">The key or the name is none.</exception>
    public FrozenFiles(string pool, string key, string name)
    {
        if (!NamePattern().IsMatch(name))
            throw new StorageException($"A volume called '{name}' cannot be frozen: its name must be of A-Za-z0-9_, 31 at most");
        Directory = DirectoryOf(pool, key);
        stem = $"{Directory}/{name}";
        Name = name;
    }

    /// <summary>The volume's name.</summary>
    public string Name { get; }

    /// <summary>The directory of everything under that key.</summary>
    public string Directory { get; }

    /// <summary>Snapshot: what was changed on <see cref="Clean"/>. Linked last: where it is, the snapshot is whole.</summary>
    public string Overlay => stem + ".qcow2";

    /// <summary>Snapshot: the source's content.</summary>
    public string Clean => stem + CleanEnding;

    /// <summary>Volatile volume: its content.</summary>
    public string Direct => stem + ".img";

    /// <summary>Either kind is there, and whole.</summary>
    public bool Exist => File.Exists(Overlay) || File.Exists(Direct);

    /// <summary>A layer that nobody has taken yet.</summary>
    /// <exception cref="StorageException">The pool gives no such ids.</exception>
    public string Prepared(string id) => IdPattern().IsMatch(id)
        ? $"{Directory}/{PreparedStart}{id}-{Name}.qcow2"
        : throw new StorageException($"There is no prepared layer '{id}'");

    /// <summary>Whether a file is a name for a source's content.</summary>
    public static bool IsSources(string path) => path.EndsWith(CleanEnding, StringComparison.Ordinal);

    /// <exception cref="StorageException">It is no key.</exception>
    public static string DirectoryOf(string pool, string key) => KeyPattern().IsMatch(key)
        ? $"{Root(pool)}/{key}"
        : throw new StorageException("The key of a frozen volume must be 64 hexadecimal digits, lower case");

    /// <summary>Keys under which there is anything, sorted.</summary>
    public static IReadOnlyList<string> Keys(string pool) => System.IO.Directory.Exists(Root(pool))
        ? [.. System.IO.Directory.EnumerateDirectories(Root(pool)).Select(d => Path.GetFileName(d)).Where(k => KeyPattern().IsMatch(k)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Deletes the prepared layers of a daemon that is gone, and with it all who could have taken them.</summary>
    public static void Tidy(string pool)
    {
        foreach (var key in Keys(pool))
        {
            foreach (var left in System.IO.Directory.EnumerateFiles(DirectoryOf(pool, key), PreparedStart + "*"))
                File.Delete(left);
        }
    }

    private static string Root(string pool) => pool + "/.frozen";

    [GeneratedRegex(@"^[A-Za-z0-9_]{1,31}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"^[0-9a-f]{32}\z")]
    private static partial Regex IdPattern();
}
