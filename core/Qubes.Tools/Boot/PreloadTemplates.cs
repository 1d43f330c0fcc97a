using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Features;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Boot;

/// <summary>
/// The disposable templates that are preloaded (spec: preloaded disposables, section 6, "preload template"): AppVMs with a
/// maximum of their own that is not 0; of the system's default one the host's maximum counts wherever that is set.
/// </summary>
internal static class PreloadTemplates
{
    private const string Max = "preload-dispvm-max";

    public static async Task<IReadOnlyList<string>> FindAsync(Session session, CancellationToken cancellation)
    {
        var ofHost = await Feature.GetAsync(session, "dom0", Max, cancellation);
        var preferred = (await new PropertyHolder(session, qube: null).GetAsync("default_dispvm", cancellation)).Text;
        var found = new List<string>();
        foreach (var qube in (await QubeList.FetchAsync(session, cancellation)).Where(q => q.Class == "AppVM"))
        {
            if (await IsWantedAsync(session, qube.Name, qube.Name == preferred ? ofHost : null, cancellation))
                found.Add(qube.Name);
        }

        return found;
    }

    private static async Task<bool> IsWantedAsync(Session session, string qube, string? overriding, CancellationToken cancellation)
    {
        try
        {
            return IsPositive(overriding ?? await Feature.GetAsync(session, qube, Max, cancellation))
                && (await new PropertyHolder(session, qube).GetAsync("template_for_dispvms", cancellation)).Text == "True";
        }
        catch (Exception e) when (e is NoSuchQubeException or AdminException { IsNoSuchQube: true })
        {
            // It was removed meanwhile.
            return false;
        }
    }

    private static bool IsPositive(string? number) =>
        number is { Length: > 0 } && number.All(char.IsAsciiDigit) && number.Any(digit => digit != '0');
}
