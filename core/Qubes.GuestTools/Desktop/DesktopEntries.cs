using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Desktop;

/// <summary>The desktop entries of this qube; the user's own come before the system's.</summary>
internal sealed class DesktopEntries(Surroundings surroundings)
{
    private const string Extension = ".desktop";

    /// <param name="id">File name without <c>.desktop</c>; a subfolder is joined by <c>-</c>.</param>
    /// <returns>Null if there is none.</returns>
    public DesktopEntry? Find(string id)
    {
        if (id.Length == 0 || id[0] == '.' || id.Contains('/', StringComparison.Ordinal) || id.Contains('\0', StringComparison.Ordinal))
            return null;
        // The first hit counts, also if it says that the entry is hidden.
        return Folders().Select(folder => Locate(folder, id)).FirstOrDefault(path => path is not null) is { } found
            ? DesktopEntry.TryRead(found)
            : null;
    }

    private static string? Locate(string folder, string id)
    {
        var path = Path.Combine(folder, id + Extension);
        if (File.Exists(path))
            return path;
        for (var dash = id.IndexOf('-', StringComparison.Ordinal); dash > 0; dash = id.IndexOf('-', dash + 1))
        {
            var inner = Path.Combine(folder, id[..dash]);
            // What follows must not climb, nor be a path of its own.
            if (dash + 1 < id.Length && id[dash + 1] != '.' && Directory.Exists(inner) && Locate(inner, id[(dash + 1)..]) is { } found)
                return found;
        }

        return null;
    }

    private IEnumerable<string> Folders()
    {
        var own = surroundings.Variable("XDG_DATA_HOME") is { Length: > 0 } set ? set : Path.Combine(surroundings.Home, ".local/share");
        var systems = surroundings.Variable("XDG_DATA_DIRS") is { Length: > 0 } dirs
            ? dirs.Split(':', StringSplitOptions.RemoveEmptyEntries)
            : [surroundings.File("usr/local/share"), surroundings.File("usr/share")];
        return systems.Prepend(own).Select(f => Path.Combine(f, "applications"));
    }
}
