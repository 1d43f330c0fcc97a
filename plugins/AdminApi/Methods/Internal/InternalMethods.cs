using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Methods.Internal;

/// <summary><c>internal.*</c>, for the host's own programs (spec: Admin API, section 9).</summary>
internal sealed class InternalMethods(SystemInfoCache systemInfo, VolumeImports imports)
{
    public IEnumerable<AdminMethod> All =>
    [
        new AnsweringMethod(
            "internal.GetSystemInfo", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden,
            (_, _) => ValueTask.FromResult(systemInfo.Get())),
        new AnsweringMethod(
            "internal.vm.volume.ImportBegin", AdminDestination.Any, Presence.Required, Presence.Optional, imports.BeginAsync),
        Method.Act("internal.vm.volume.ImportEnd", AdminDestination.Any, Presence.Required, Presence.Required, imports.EndAsync),
        // Machines are processes: they sleep and wake with the host, and no guest here knows of it.
        Nothing("internal.SuspendPre"),
        Nothing("internal.SuspendPost"),
    ];

    private static AnsweringMethod Nothing(string name) =>
        Method.Do(name, AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden, _ => { });
}
