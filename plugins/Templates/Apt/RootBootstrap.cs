using System.Globalization;
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
        // What usr-is-merged wants to find.
        "--setup-hook=for d in bin sbin lib lib64; do mkdir -p \"$1/usr/$d\" && ln -sfn \"usr/$d\" \"$1/$d\"; done",
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

    /// <summary>Estimates how far mmdebstrap is from the lines of dpkg that it passes on.</summary>
    internal sealed class BootstrapMeter(int packages, Action<double, string> progress)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public void Read(string line)
        {
            var words = line.Split(' ', 4);
            if (words is not ["Unpacking" or "Setting", ..])
                return;
            var name = words[0] == "Setting" && words.Length > 2 ? words[2] : words.ElementAtOrDefault(1) ?? "";
            if (_seen.Add(words[0] + " " + name.Split(':')[0]))
            {
                var part = Math.Min(1, _seen.Count / (2.0 * Math.Max(1, packages)));
                progress(part, $"{_seen.Count.ToString(CultureInfo.InvariantCulture)} of {2 * packages}: {Printable.Of(words[0] == "Setting" ? "configuring " + name : "unpacking " + name)}");
            }
        }
    }
}
