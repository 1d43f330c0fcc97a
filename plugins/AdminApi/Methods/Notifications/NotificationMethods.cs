using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Notifications;

/// <summary><c>qubes.*</c>: what qubes tell the host of themselves (spec: Admin API, section 9).</summary>
internal sealed class NotificationMethods(UpdateNotices updates)
{
    public IEnumerable<AdminMethod> All =>
    [
        Method.Do("qubes.NotifyUpdates", AdminDestination.AdminVm, Presence.Forbidden, Presence.Required, updates.Receive),
        Unread("qubes.FeaturesRequest"),
        Unread("qubes.NotifyTools"),
    ];

    private static AnsweringMethod Unread(string name) =>
        Method.Do(name, AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden, call =>
            throw new NotImplementedQubesException(
                $"{name} reads what a qube put into its QubesDB, which this host does not have; set features of "
                + $"'{call.Source.Name}' with admin.vm.feature.Set instead."));
}
