using System.Globalization;
using Qubes.Plugins.AdminApi.Calls;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Methods.Lifecycle;

/// <summary>Which qubes there are and what they do (spec: Admin API, sections 6.4 and 6.5).</summary>
internal sealed class StateMethods(IQubes qubes) : IAdminMethodProvider
{
    private static readonly string[] ClassNames = [.. Enum.GetNames<QubeClass>().Order(StringComparer.Ordinal)];

    private readonly QubeList everything = new(qubes);

    public IEnumerable<AdminMethod> Methods =>
    [
        new AnsweringMethod(
            "admin.vm.List", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden,
            (call, _) => ValueTask.FromResult(List(call))),
        Method.Names("admin.vmclass.List", AdminDestination.AdminVm, _ => ClassNames),
        new AnsweringMethod(
            "admin.vm.CurrentState", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, CurrentStateAsync),
        new AnsweringMethod("admin.vm.Memory", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, MemoryAsync),
    ];

    private AdminAnswer List(AdminCall call)
    {
        // Others than the host learn of all qubes only where somebody said which ones they may know.
        bool isAboutAll = call.IsHost() && (BuiltInDenials.IsHost(call.Source) || call.Permission is { KnowsQubes: true });
        if (isAboutAll && call.Permission is not { IsFiltered: true })
            return new AdminAnswer(everything.Utf8());
        IEnumerable<IQube> shown = isAboutAll ? QubeList.InOrder(qubes) : [call.Destination];
        return string.Concat(shown.Where(q => call.Permission?.Shows(q) ?? true).Select(QubeList.Line));
    }

    private static async ValueTask<AdminAnswer> CurrentStateAsync(AdminCall call, CancellationToken cancel)
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

    // Ours, not upstream's: a hypervisor whose machines are processes can tell what each costs. KiB; what is not known is left out.
    private static async ValueTask<AdminAnswer> MemoryAsync(AdminCall call, CancellationToken cancel)
    {
        if (call.Destination.Machine is not { } machine)
            return "mem=0 most=0";
        var usage = await machine.MeasureAsync(cancel);
        string host = usage.Host is { } cost
            ? string.Create(CultureInfo.InvariantCulture, $" pss={cost.ProportionalKiB} private={cost.PrivateKiB} shared={cost.SharedKiB}")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"mem={usage.MemoryKiB} most={machine.MostMemoryBytes >> 10}{host}");
    }
}
