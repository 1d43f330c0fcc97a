using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Status;

/// <summary>
/// What <c>qvm-preload</c> reads. <c>admin.preload.Status</c> and <c>admin.preload.History</c>: at a template about it, at the host
/// about all that the caller may see; without argument and payload; lines of JSON.
/// </summary>
internal sealed class StatusMethods(StatusReader status, History history) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        new AnsweringMethod("admin.preload.Status", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, StatusAsync),
        new AnsweringMethod("admin.preload.History", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, Past),
    ];

    private async ValueTask<AdminAnswer> StatusAsync(AdminCall call, CancellationToken cancel)
    {
        await status.MeasureAsync(Asked(call), cancel);
        return StatusText.Lines(Asked(call).Select(status.Of));
    }

    // Asked again after the measuring: some may have gone meanwhile.
    private List<IQube> Asked(AdminCall call) => IsAboutAll(call) ? [.. status.Templates.Where(t => MaySee(call, t))] : [Template(call)];

    private ValueTask<AdminAnswer> Past(AdminCall call, CancellationToken cancel)
    {
        var seen = (IsAboutAll(call) ? status.Templates.Where(t => MaySee(call, t)) : [Template(call)]).Select(t => t.Name).ToHashSet();
        return new(StatusText.Lines(history.All.Where(m => seen.Contains(m.Template))));
    }

    private static bool IsAboutAll(AdminCall call) => call.Destination.Class == QubeClass.AdminVM;

    // Who may see what is said by plugins; without one the host alone sees all (AdminPermission).
    private static bool MaySee(AdminCall call, IQube template) =>
        (call.Source.Class == QubeClass.AdminVM || call.Permission is { KnowsQubes: true }) && (call.Permission?.Shows(template) ?? true);

    /// <exception cref="QubesException">It is no disposable template.</exception>
    public static IQube Template(AdminCall call) => PreloadSettings.AllowsDisposables(call.Destination)
        ? call.Destination
        : throw new QubesException($"'{call.Destination.Name}' has no preloads: it is no disposable template, template_for_dispvms is not set on it");
}
