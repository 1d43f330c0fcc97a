using System.Globalization;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Methods.Lifecycle;

/// <summary>Which qubes there are and what they do (spec: Admin API, sections 6.4 and 6.5).</summary>
internal sealed class StateMethods(IQubes qubes) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Read("admin.vm.List", AdminDestination.Any, List),
        Method.Read("admin.vmclass.List", AdminDestination.AdminVm, _ => Method.Lines(ClassNames)),
        // No device can be given to a qube yet; clients that copy qubes ask all the same.
        Method.Read("admin.deviceclass.List", AdminDestination.AdminVm, _ => ""),
        // A qube's notes cannot be written, so there are none; clients that copy qubes ask all the same.
        Method.Read("admin.vm.notes.Get", AdminDestination.Qube, _ => ""),
        new AnsweringMethod(
            "admin.vm.CurrentState", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, CurrentStateAsync),
    ];

    // Clients expect the names they know, also of the class that cannot be made here.
    private static readonly string[] ClassNames =
        [.. Enum.GetNames<QubeClass>().Append("RemoteVM").Order(StringComparer.Ordinal)];

    private string List(AdminCall call)
    {
        bool isAboutAll = call.Destination.Class == QubeClass.AdminVM && Calls.BuiltInDenials.IsHost(call.Source);
        IEnumerable<IQube> shown = isAboutAll
            ? qubes.OrderBy(q => q.Qid != 0).ThenBy(q => q.Name, StringComparer.Ordinal)
            : [call.Destination];
        return Method.Lines(shown.Select(q => $"{q.Name} class={q.Class} state={q.PowerState} uuid={q.Uuid:D}"));
    }

    private static async Task<string> CurrentStateAsync(AdminCall call, CancellationToken cancel)
    {
        IQube qube = call.Destination;
        long memory = 0, mostMemory = 0, cpu = 0;
        if (qube.Machine is { } machine)
        {
            int most = qube.Properties.Get(QubeProperties.Maxmem);
            mostMemory = 1024L * (most > 0 ? most : qube.Properties.Get(QubeProperties.Memory));
            var usage = await machine.MeasureAsync(cancel);
            memory = usage.MemoryKiB;
            cpu = (long)usage.CpuTime.TotalNanoseconds;
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"mem={memory} mem_static_max={mostMemory} cputime={cpu} power_state={qube.PowerState}");
    }
}
