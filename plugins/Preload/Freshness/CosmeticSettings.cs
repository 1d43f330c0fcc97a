using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Freshness;

/// <summary>
/// Of the compared properties those that neither the machine nor its guest has seen: <c>label</c> colours windows, which the host
/// draws and a preload has none of before it is used; the others are read by the host alone, each time it needs them, and a
/// disposable inherits them. Everything else reached the machine, its boot, its network or its devices.
/// </summary>
internal static class CosmeticSettings
{
    private static readonly string[] Names = ["label", "management_dispvm", "qrexec_timeout", "shutdown_timeout"];

    public static bool Has(string property) => Names.Contains(property);

    /// <summary>Gives a preload those of its template's values that it does not inherit.</summary>
    public static void Follow(PreloadLife preload)
    {
        foreach (var name in Names)
        {
            var (mine, wanted) = (preload.Qube.Properties.Read(name), preload.Template.Properties.Read(name));
            if (mine.Text != wanted.Text)
                preload.Qube.Properties.Write(name, wanted.Text);
        }
    }
}
