using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Devices;

/// <summary>
/// <c>admin.vm.device.*</c> (spec: Admin API, sections 6.13 and 7.6) of a host that gives no devices to qubes: lists are
/// empty, and what would change one is refused as it is for a device that is not there.
/// </summary>
internal sealed class DeviceMethods : IAdminMethodProvider
{
    private static readonly string[] Classes = ["block", "pci"];

    public IEnumerable<AdminMethod> Methods =>
        Classes.SelectMany(Of).Prepend(Method.Names("admin.deviceclass.List", AdminDestination.AdminVm, _ => Classes));

    private static IEnumerable<AdminMethod> Of(string deviceClass)
    {
        string prefix = $"admin.vm.device.{deviceClass}.";
        yield return Empty(prefix + "Available");
        yield return Empty(prefix + "Assigned");
        yield return Empty(prefix + "Attached");
        yield return Method.Change(prefix + "Assign", AdminDestination.Any, Presence.Optional, c => throw NotFound(c, deviceClass));
        yield return Method.Change(prefix + "Attach", AdminDestination.Any, Presence.Optional, c => Attach(c, deviceClass));
        yield return Method.Change(prefix + "Unassign", AdminDestination.Any, Presence.Forbidden, c => throw NotAssigned(c, deviceClass));
        yield return Method.Change(prefix + "Detach", AdminDestination.Any, Presence.Forbidden, c => throw NotAssigned(c, deviceClass));
        yield return Method.Change(prefix + "Set.assignment", AdminDestination.Any, Presence.Optional, c => SetAssignment(c, deviceClass));
    }

    private static AnsweringMethod Empty(string name) => new(
        name, AdminDestination.Any, Presence.Optional, Presence.Forbidden, (_, _) => ValueTask.FromResult(AdminAnswer.Empty));

    private static void Attach(AdminCall call, string deviceClass)
    {
        if (call.Destination.PowerState == PowerState.Halted)
            throw new QubeNotRunningException($"Domain is powered off: '{call.Destination.Name}'");
        throw NotFound(call, deviceClass);
    }

    private static void SetAssignment(AdminCall call, string deviceClass)
    {
        if (Encoding.Latin1.GetString(call.Payload.Span) is not ("required" or "ask-to-attach" or "auto-attach"))
            throw new UnrecognizedAssignmentModeException("Unknown assignment mode; expected required, ask-to-attach or auto-attach");
        throw NotAssigned(call, deviceClass);
    }

    private static QubesException NotFound(AdminCall call, string deviceClass)
    {
        if (call.IsRemote())
            return new QubesException($"'{call.Destination.Name}' runs on another host: it cannot be given devices from here.");
        return new DeviceNotFoundException($"No such {deviceClass} device: '{call.Argument}'; this host gives none to qubes.");
    }

    private static DeviceNotAssignedException NotAssigned(AdminCall call, string deviceClass) =>
        new($"The {deviceClass} device '{call.Argument}' is not assigned to '{call.Destination.Name}'.");
}
