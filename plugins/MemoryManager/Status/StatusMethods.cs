using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Claims;
using Qubes.Plugins.MemoryManager.Clients;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Host;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Plugins.MemoryManager.Settings;
using Qubes.Plugins.MemoryManager.Shrinking;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.MemoryManager.Status;

/// <summary>
/// <c>admin.memory.Status</c>: at a qube about it, nothing where it does not run; at the host about the host and all running qubes that
/// the caller may see. Lines of JSON.
/// </summary>
internal sealed class StatusMethods(
    IQubes qubes, QubeGuests guests, IHostMemory host, HostShare share, MemoryOptions options, ClaimBook claims, Orders orders, Shrinker shrinker,
    ClientServer clients, HostPressure pressure) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
        [new AnsweringMethod("admin.memory.Status", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, Status)];

    private ValueTask<AdminAnswer> Status(AdminCall call, CancellationToken cancel)
    {
        if (call.Destination.Class != QubeClass.AdminVM)
            return new((AdminAnswer)Lines([call.Destination]));
        var shown = qubes.Where(q => MaySee(call, q)).OrderBy(q => q.Name, StringComparer.Ordinal).ToList();
        return new((AdminAnswer)(OfHost(call.Destination.Name) + Lines(shown)));
    }

    // Who may see what is said by plugins; without one the host alone sees all (AdminPermission).
    private static bool MaySee(AdminCall call, IQube qube) =>
        (call.Source.Class == QubeClass.AdminVM || call.Permission is { KnowsQubes: true }) && (call.Permission?.Shows(qube) ?? true);

    private string Lines(IEnumerable<IQube> shown) =>
        string.Concat(shown.Select(q => guests.TryFind(q, out var guest) ? StatusText.Of(Of(guest)) : ""));

    private string OfHost(string name) => host.Read() is not { } reading ? "" : StatusText.Of(new HostStatus(
        name, pressure.Current.ToString().ToLowerInvariant(), reading.Total, share.UsedOf(reading), share.PreferredOf(reading), share.FreeOf(reading),
        options.Reserve, share.AvailableOf(reading), claims.OpenBytes, claims.Waiting.Count, orders.InFlight, shrinker.UnderWay, clients.Clients));

    private static MemoryStatus Of(Guest guest) => new(
        guest.Name, StateOf(guest), guest.Claimed, guest.Used, guest.Used is null ? null : guest.Preferred, guest.Current, guest.LastTarget, guest.Most, guest.Resident);

    private static string StateOf(Guest guest) => guest switch
    {
        { Most: 0 } => "fixed",
        { IsPaused: true } => "paused",
        { Holds: > 0 } => "shrunk",
        { Used: null } => "unknown",
        { Trouble: Trouble.NoProgress } => "no-progress",
        { Trouble: Trouble.Slow } => "slow",
        _ => "balanced",
    };
}
