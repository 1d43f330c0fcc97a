using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Backups;

/// <summary><c>admin.backup.*</c> (spec: Admin API, section 7.7): no profile can be made here, so none is ever found.</summary>
internal sealed class BackupMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods => [Missing("Execute"), Missing("Cancel"), Missing("Info")];

    private static AnsweringMethod Missing(string what) =>
        Method.ReadOf("admin.backup." + what, AdminDestination.AdminVm, NotFound);

    private static string NotFound(AdminCall call) =>
        throw new BackupProfileNotFoundException($"No such backup profile: '{call.Argument}'; this host has none.");
}
