using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Processes;

namespace Qubes.Plugins.Templates.Apt;

/// <summary>
/// Installs a package set into an archive <c>root.tar.zst</c>. Only the essential packages and what was asked for: no apt in
/// the result, no documentation but the licences, no translations. Templates are built anew, not upgraded.
/// </summary>
internal static class RootBootstrap
{
    public const string Archive = "root.tar.zst";

    /// <summary>Of what this makes; part of the key.</summary>
    public const int Version = 1;

    /// <summary>
    /// Packages in every image: a merged /usr without the converter, which would bring all of Perl; accounts; what the
    /// agent needs to format a blank private volume.
    /// </summary>
    public static readonly string[] Always = ["usr-is-merged", "passwd", "e2fsprogs"];

    private static readonly string[] _options =
    [
        "--mode=root", "--variant=essential", "--format=tar", "--architectures=amd64", "--verbose", "--skip=update",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/info/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/lintian/*",
        "--aptopt=Acquire::Languages \"none\"",
        "--aptopt=APT::Sandbox::User \"root\"",
        // Without it the essential packages of Debian 12 bring the converter to a merged /usr, and with it Perl: 47 MB.
        "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    ];

    /// <summary>Makes the archive in a directory.</summary>
    public static async Task MakeAsync(
        PackageSet set, string target, WorkDirectory work, Action<double, string> progress, Action<string> onLine, CancellationToken cancel)
    {
        var proxies = await AptIndex.ProxyOptionsAsync(work, cancel);
        var meter = new BootstrapMeter(set.Closure.Count, progress);
        var command = new ToolCommand("mmdebstrap",
        [
            .. _options,
            .. proxies.Select(p => "--aptopt=" + p),
            "--include=" + string.Join(',', set.Wanted),
            $"--setup-hook=sync-in '{set.Folder}/lists' /var/lib/apt/lists",
            "--", set.Suite, Path.Combine(target, Archive), Path.Combine(set.Folder, "sources", "host.sources"),
        ])
        {
            WorkingDirectory = work.NewFolder("bootstrap"),
            OnLine = line =>
            {
                onLine(line);
                meter.Read(line);
            },
        };
        await ToolRunner.RunAsync(command, cancel);
    }
}
