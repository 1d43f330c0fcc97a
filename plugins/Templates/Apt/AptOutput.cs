using System.Text.RegularExpressions;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Apt;

/// <summary>Reads what apt's tools print.</summary>
internal static partial class AptOutput
{
    /// <summary>
    /// The packages that <c>apt-get --simulate install</c> would install: lines <c>Inst NAME (VERSION …) …</c>, as
    /// <c>NAME=VERSION</c>, sorted.
    /// </summary>
    public static IReadOnlyList<string> Installed(IEnumerable<string> lines) =>
        [
            .. lines.Select(l => Inst().Match(l)).Where(m => m.Success)
                .Select(m => $"{m.Groups[1]}={m.Groups[2]}").Order(StringComparer.Ordinal),
        ];

    /// <summary>
    /// The kernel's own package, which the metapackage depends on: in <c>apt-cache show</c>, the line
    /// <c>Depends: linux-image-VERSION-cloud-amd64 (= VERSION)</c>.
    /// </summary>
    /// <exception cref="QubesException">There is no such line.</exception>
    public static string Kernel(IEnumerable<string> lines, string metapackage) =>
        lines.Select(l => Image().Match(l)).FirstOrDefault(m => m.Success) is { } found
            ? $"{found.Groups[1]}={found.Groups[2]}"
            : throw new QubesException($"The package {metapackage} names no kernel; "
                + "one that depends on 'linux-image-… (= VERSION)' is accepted");

    [GeneratedRegex(@"^Inst (\S+) \((\S+)[ )]")]
    private static partial Regex Inst();

    [GeneratedRegex(@"^Depends:.*?(linux-image-[a-z0-9][a-z0-9.+-]*) \(= ([A-Za-z0-9.+:~-]+)\)")]
    private static partial Regex Image();
}
