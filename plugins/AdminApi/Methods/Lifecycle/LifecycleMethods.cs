using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Lifecycle;

/// <summary>Start, stop, pause (spec: Admin API, sections 3.1 and 7.2).</summary>
internal sealed class LifecycleMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Act("admin.vm.Start", Presence.Forbidden, StartAsync),
        Act("admin.vm.Shutdown", Presence.Optional, ShutdownAsync),
        Act("admin.vm.Kill", Presence.Forbidden, (call, cancel) => Running(call, "killed").DestroyAsync(cancel)),
        Act("admin.vm.Pause", Presence.Forbidden, (call, cancel) => call.Local("processors to pause").PauseAsync(cancel)),
        Act("admin.vm.Unpause", Presence.Forbidden, UnpauseAsync),
        // No machine here can sleep; a qube that cannot is paused instead (spec: domain model, section 8.2).
        Act("admin.vm.Suspend", Presence.Forbidden, (call, cancel) => Running(call, "suspended").PauseAsync(cancel)),
        Act("admin.vm.Resume", Presence.Forbidden, UnpauseAsync),
        Act("admin.vm.Console", Presence.Forbidden, ConsoleAsync),
    ];

    private static AnsweringMethod Act(string name, Presence argument, Func<AdminCall, CancellationToken, Task> act) =>
        Method.Act(name, AdminDestination.Any, argument, Presence.Forbidden, act);

    private static Task StartAsync(AdminCall call, CancellationToken cancel) =>
        call.IsHost() || call.IsRemote()
            ? throw new QubeNotHaltedException($"'{call.Destination.Name}' always runs, as far as this host can tell.")
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
        return call.Local("machine to shut down").ShutdownAsync(force, wait, cancel);
    }

    private static Task UnpauseAsync(AdminCall call, CancellationToken cancel) =>
        call.Local("processors to resume").UnpauseAsync(cancel);

    private static Task ConsoleAsync(AdminCall call, CancellationToken cancel) =>
        call.Local("console").PowerState == PowerState.Halted
            ? throw new QubeNotRunningException($"Domain is powered off: '{call.Destination.Name}'")
            : throw new NotImplementedQubesException("No machine here has a console that clients can open; see the qube's log.");

    /// <summary>A qube for the two methods that refuse others under a class of their own.</summary>
    private static IQube Running(AdminCall call, string what) => call.IsHost() || call.IsRemote()
        ? throw new QubeException($"'{call.Destination.Name}' cannot be {what} from here.")
        : call.Destination;
}
