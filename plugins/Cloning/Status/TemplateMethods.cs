using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Status;

/// <summary>
/// What <c>qvm-memory-template</c> calls. <c>admin.memorytemplate.Status</c>: at a disposable template about it, at the host about all that
/// the caller may see; lines of JSON. <c>admin.memorytemplate.Build</c>: has one made now, whatever failed before; answers at once, with
/// <c>+wait</c> when it is ready, or with why it is not. <c>admin.memorytemplate.Discard</c>: removes it, also one that is out of service.
/// </summary>
internal sealed class TemplateMethods(StatusReader status, TemplateRecords records, BuildQueue builds, Disposal disposal) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        new AnsweringMethod("admin.memorytemplate.Status", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, Status),
        new AnsweringMethod("admin.memorytemplate.Build", AdminDestination.Qube, Presence.Optional, Presence.Forbidden, BuildAsync),
        new AnsweringMethod("admin.memorytemplate.Discard", AdminDestination.Qube, Presence.Forbidden, Presence.Forbidden, DiscardAsync),
    ];

    private ValueTask<AdminAnswer> Status(AdminCall call, CancellationToken cancel)
    {
        var templates = call.Destination.Class == QubeClass.AdminVM ? status.Templates.Where(t => MaySee(call, t)) : [Template(call)];
        return new(StatusText.Lines(templates.ToList().Select(status.Of)));
    }

    private async ValueTask<AdminAnswer> BuildAsync(AdminCall call, CancellationToken cancel)
    {
        var isWaiting = call.Argument switch
        {
            "" => false,
            "wait" => true,
            _ => throw new InvalidValueException($"The argument of {call.Method} is 'wait' or nothing, not '{call.Argument}'"),
        };
        var template = Template(call);
        if (CloneChoice.IsRefused(template))
            throw new QubesException($"'{template.Name}' has no memory template: its feature {CloneFeatures.Clone} refuses copies");
        var record = records.Of(template);
        var done = builds.Command(record);
        if (!isWaiting)
            return AdminAnswer.Empty;
        await done.WaitAsync(cancel);
        return record.State == TemplateState.Ready
            ? AdminAnswer.Empty
            : throw new QubesException($"No memory template of '{template.Name}' could be made: {record.Reason ?? "it was called off"}");
    }

    private async ValueTask<AdminAnswer> DiscardAsync(AdminCall call, CancellationToken cancel)
    {
        var record = records.Of(Template(call));
        await builds.ForgetAsync(record);
        record.Forgive();
        if (record.Ready is { } ready)
            await disposal.RemoveAsync(record, ready, "an administrator discards it");
        return AdminAnswer.Empty;
    }

    // Who may see what is said by plugins; without one the host alone sees all (AdminPermission).
    private static bool MaySee(AdminCall call, IQube template) =>
        (call.Source.Class == QubeClass.AdminVM || call.Permission is { KnowsQubes: true }) && (call.Permission?.Shows(template) ?? true);

    private static IQube Template(AdminCall call) => CloneChoice.AllowsDisposables(call.Destination)
        ? call.Destination
        : throw new QubesException(
            $"'{call.Destination.Name}' has no memory template: it is no disposable template, template_for_dispvms is not set on it");
}
