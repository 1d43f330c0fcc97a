using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Autostart;

/// <summary>
/// The links by which systemd knows what belongs to <c>multi-user.target</c>: one for each qube that starts with the host, in
/// the form that <c>systemctl enable qubes-vm@NAME.service</c> gives them. systemd reads them when the host boots.
/// </summary>
internal sealed class UnitLinks(QubesPaths paths)
{
    private const string Prefix = "qubes-vm@";
    private const string Suffix = ".service";
    private const string Unit = "/usr/lib/systemd/system/qubes-vm@.service";

    private readonly string folder = paths.Root + "/etc/systemd/system/multi-user.target.wants";

    /// <summary>Names of the qubes that have a link of ours.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFileSystemEntries(folder, Prefix + "*" + Suffix)
            .Where(IsOurs).Select(path => Path.GetFileName(path)[Prefix.Length..^Suffix.Length]),
    ];

    /// <summary>Makes the link, or removes it; what is so already stays.</summary>
    /// <exception cref="QubesException">The link cannot be made or removed.</exception>
    public void Set(string qube, bool isLinked)
    {
        var link = $"{folder}/{Prefix}{qube}{Suffix}";
        try
        {
            if (isLinked == IsOurs(link))
                return;
            if (isLinked)
                Directory.CreateDirectory(folder);
            File.Delete(link);
            if (isLinked)
                File.CreateSymbolicLink(link, Unit);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var what = isLinked ? "start with the host" : "stop starting with the host";
            throw new QubesException($"'{qube}' cannot {what}: {link}: {e.Message}", e);
        }
    }

    private static bool IsOurs(string link) => new FileInfo(link).LinkTarget == Unit;
}
