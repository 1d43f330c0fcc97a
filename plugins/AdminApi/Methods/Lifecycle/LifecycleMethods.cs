using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Lifecycle;

/// <summary>Start, stop, pause (spec: Admin API, section 7.2).</summary>
internal sealed class LifecycleMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Act("admin.vm.Start", AdminDestination.Any, Presence.Forbidden, StartAsync),
        Method.Act("admin.vm.Shutdown", AdminDestination.Any, Presence.Optional, ShutdownAsync),
        Method.Act("admin.vm.Kill", AdminDestination.Any, Presence.Forbidden, KillAsync),
        Method.Act("admin.vm.Pause", AdminDestination.Any, Presence.Forbidden, PauseAsync),
        Method.Act("admin.vm.Unpause", AdminDestination.Any, Presence.Forbidden, UnpauseAsync),
        // No machine here can sleep; a qube that cannot is paused instead (spec: domain model, section 8.2).
        Method.Act("admin.vm.Suspend", AdminDestination.Any, Presence.Forbidden, SuspendAsync),
        Method.Act("admin.vm.Resume", AdminDestination.Any, Presence.Forbidden, UnpauseAsync),
    ];

    private static Task StartAsync(AdminCall call, CancellationToken cancel) =>
        IsHost(call)
            ? throw new QubeNotHaltedException("The host always runs.")
            : call.Destination.StartAsync(cancel);

    private static Task ShutdownAsync(AdminCall call, CancellationToken cancel)
    {
        bool force = false, wait = false;
        foreach (string option in call.Argument.Length == 0 ? [] : call.Argument.Split('+'))
        {
            force |= option == "force";
            wait |= option == "wait";
            if (option is not ("force" or "wait"))
                throw new ProtocolException($"invalid option: '{option}'; expected force, wait or force+wait");
        }
        return IsHost(call) ? throw NotForTheHost("shut down") : call.Destination.ShutdownAsync(force, wait, cancel);
    }

    private static Task KillAsync(AdminCall call, CancellationToken cancel) =>
        IsHost(call) ? throw new QubeException("The host cannot be killed.") : call.Destination.KillAsync(cancel);

    private static Task PauseAsync(AdminCall call, CancellationToken cancel) =>
        IsHost(call) ? throw NotForTheHost("paused") : call.Destination.PauseAsync(cancel);

    private static Task SuspendAsync(AdminCall call, CancellationToken cancel) =>
        IsHost(call) ? throw new QubeException("The host cannot be suspended.") : call.Destination.PauseAsync(cancel);

    private static Task UnpauseAsync(AdminCall call, CancellationToken cancel) =>
        IsHost(call) ? throw NotForTheHost("resumed") : call.Destination.UnpauseAsync(cancel);

    private static bool IsHost(AdminCall call) => call.Destination.Class == QubeClass.AdminVM;

    // Upstream answers these with nothing; a refusal in words serves its callers better.
    private static NotImplementedQubesException NotForTheHost(string what) => new($"The host cannot be {what} from here.");
}
