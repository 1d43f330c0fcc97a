using System.Security.Cryptography;
using System.Text;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Freshness;

/// <summary>
/// What the template's settings were when a preload was made: effective values, so that a change it inherits is seen as well,
/// where the reference daemon compares a value with itself (spec: preloaded disposables, section 6.1, "blind spots").
/// </summary>
internal static class RecordedSettings
{
    private const int DigestLength = 8;

    /// <summary>Compared between template and preload (spec, section 6.1).</summary>
    public static IReadOnlyList<string> Compared { get; } =
    [
        "audiovm", "bootmode", "debug", "default_user", "devices_denied", "dns", "guivm", "kernel", "kernelopts", "keyboard_layout",
        "label", "mac", "management_dispvm", "maxmem", "memory", "netvm", "provides_network", "qrexec_timeout", "shutdown_timeout",
        "stubdom_mem", "vcpus", "virt_mode", "visible_netmask",
    ];

    // settings = setting *( " " setting )          setting = property ":" digest
    // digest   = first 8 hexadecimal digits of the SHA-256 of the value's text
    public static void Record(PreloadLife preload) =>
        preload.Qube.Features.Set(PreloadFeatures.Settings, string.Join(' ', Of(preload.Template).Select(s => $"{s.Key}:{s.Value}")));

    /// <summary>Properties that the template had another value of.</summary>
    public static IEnumerable<string> ChangedSince(PreloadLife preload)
    {
        var now = Of(preload.Template);
        foreach (var setting in (preload.Qube.Features.GetValueOrDefault(PreloadFeatures.Settings) ?? "").Split(' '))
        {
            if (setting.Split(':') is [var name, var digest] && now.TryGetValue(name, out var current) && current != digest)
                yield return name;
        }
    }

    private static Dictionary<string, string> Of(IQube template) =>
        template.Properties.Declared.Where(p => Compared.Contains(p.Name))
            .ToDictionary(p => p.Name, p => Digest(template.Properties.Read(p.Name).Text));

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..DigestLength];
}
