using Qubes.Sdk.Admin;

namespace Qubes.Plugins.AdminApi.Methods.Internal;

/// <summary><c>internal.*</c>, for the host's own programs (spec: Admin API, section 9).</summary>
internal sealed class InternalMethods(SystemInfoCache systemInfo, VolumeImports imports, HostSleep sleep)
{
    public IEnumerable<AdminMethod> All =>
    [
        new AnsweringMethod(
            "internal.GetSystemInfo", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden,
            (_, _) => ValueTask.FromResult(systemInfo.Get())),
        new AnsweringMethod(
            "internal.vm.volume.ImportBegin", AdminDestination.Any, Presence.Required, Presence.Optional, imports.BeginAsync),
        Method.Act("internal.vm.volume.ImportEnd", AdminDestination.Any, Presence.Required, Presence.Required, imports.EndAsync),
        Method.Act(
            "internal.SuspendPre", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden, (_, cancel) => sleep.SuspendAsync(cancel)),
        Method.Act(
            "internal.SuspendPost", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden, (_, cancel) => sleep.ResumeAsync(cancel)),
    ];
}
