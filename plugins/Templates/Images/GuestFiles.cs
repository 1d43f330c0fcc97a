using Qubes.Plugins.Templates.Recipes;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Images;

/// <summary>What every image gets from the host: the agent, the standard services, the recipe's services and files.</summary>
internal sealed class GuestFiles(QubesPaths paths)
{
    private const string RpcFolder = "etc/qubes-rpc/";
    private const string WarmUpFolder = "etc/qubes/warm-up.d/";

    // Debian's merged /usr: the four are links there.
    private static readonly string[] _merged = ["bin/", "sbin/", "lib/", "lib64/"];

    /// <summary>The agent's program.</summary>
    /// <exception cref="QubesException">It is not installed.</exception>
    public string Agent => Needed("qubes-agent");

    /// <summary>Names of the services that every image offers.</summary>
    public IEnumerable<string> StandardServices => In("rpc").Select(f => Path.GetFileName(f)!);

    /// <summary>All entries, in an order that does not change.</summary>
    /// <exception cref="QubesException">A file is missing.</exception>
    public IReadOnlyList<OverlayEntry> For(Recipe recipe, IEnumerable<GuestService> services) =>
    [
        new OverlayFolder("rw"),
        new OverlayText("etc/fstab", ""),
        new OverlayText("etc/hostname", "localhost\n"),
        new OverlayText("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n"),
        new OverlayText("etc/machine-id", ""),
        new OverlayCopy("usr/lib/qubes/qubes-agent", OverlayEntry.ExecutableMode, Agent),
        new OverlayLink("usr/lib/qubes/qubes-vmexec", "qubes-agent"),
        new OverlayCopy("usr/bin/qrexec-client-vm", OverlayEntry.ExecutableMode, Needed("qrexec-client-vm")),
        new OverlayLink("usr/lib/qubes/qrexec-client-vm", "../../bin/qrexec-client-vm"),
        // Programs know by it that they run in a qube.
        new OverlayText("usr/share/qubes/marker-vm", ""),
        .. GuestPrograms.From(Needed("qubes-guest-tools")),
        new OverlayFolder(RpcFolder.TrimEnd('/')),
        .. Standard("rpc", RpcFolder, OverlayEntry.ExecutableMode),
        .. Standard("rpc-config", "etc/qubes/rpc-config/", OverlayEntry.ReadableMode),
        .. services.GroupBy(s => s.InstalledAs, StringComparer.Ordinal).SelectMany(Offered),
        .. recipe.Files.Select(f => Copy(f.Target, f.Mode, f.Source)),
    ];

    private string Needed(string name)
    {
        var program = Path.Combine(paths.GuestFiles, name);
        return File.Exists(program)
            ? program
            : throw new QubesException($"{program} is missing, without which no template works; install or build the guest files");
    }

    private IEnumerable<OverlayEntry> Standard(string folder, string target, UnixFileMode mode) =>
        In(folder).Select(f => Copy(target + Path.GetFileName(f), mode, f));

    private IEnumerable<string> In(string folder)
    {
        var path = Path.Combine(paths.GuestFiles, folder);
        return Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal) : [];
    }

    private static IEnumerable<OverlayEntry> Offered(IGrouping<string, GuestService> services)
    {
        yield return Copy(services.Key, OverlayEntry.ExecutableMode, services.First().Program);
        foreach (var service in services.Where(s => "/" + RpcFolder + s.Name != services.Key))
            yield return new OverlayLink(RpcFolder + service.Name, service.InstalledAs);
        foreach (var service in services.Where(s => s.WarmsUp))
            yield return new OverlayLink(WarmUpFolder + service.Name, service.InstalledAs);
    }

    private static OverlayCopy Copy(string target, UnixFileMode mode, string source)
    {
        if (!File.Exists(source))
            throw new QubesException($"{source} is missing, which goes into the image as /{target.TrimStart('/')}");
        var path = target.TrimStart('/');
        return new OverlayCopy(_merged.Any(m => path.StartsWith(m, StringComparison.Ordinal)) ? "usr/" + path : path, mode, source);
    }
}
