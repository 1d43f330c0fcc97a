using System.Globalization;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.AdminApi.Methods.Events;

/// <summary><c>admin.vm.Stats</c> (spec: Admin API, section 6.6).</summary>
internal sealed class StatsMethods(IQubes qubes, TimeProvider time, ILogger<StatsMethods> logger) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
        [new StreamingMethod("admin.vm.Stats", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, SampleAsync)];

    private async Task SampleAsync(AdminCall call, IAdminEventStream stream, CancellationToken cancel)
    {
        bool isAboutAll = call.Destination.Class == QubeClass.AdminVM;
        if (!isAboutAll && call.Destination.Machine is null)
            throw new QubeNotRunningException($"Domain is not running: '{call.Destination.Name}'");

        var last = new Dictionary<IMachine, (long At, TimeSpan Cpu)>();
        while (true)
        {
            IQube[] running = [.. (isAboutAll ? qubes : (IEnumerable<IQube>)[call.Destination])
                .Where(q => q.Machine is not null && (call.Permission?.Shows(q) ?? true))];
            foreach (IMachine gone in last.Keys.Except(running.Select(q => q.Machine!)).ToArray())
                last.Remove(gone);
            foreach (IQube qube in running)
                await SampleAsync(qube, last, stream, cancel);
            int seconds = Math.Max(1, qubes.System.Get(SystemProperties.StatsInterval));
            await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancel);
        }
    }

    private async Task SampleAsync(
        IQube qube, Dictionary<IMachine, (long At, TimeSpan Cpu)> last, IAdminEventStream stream, CancellationToken cancel)
    {
        // It may have stopped while another one was measured.
        if (qube.Machine is not { } machine)
            return;
        MachineUsage usage;
        try
        {
            usage = await machine.MeasureAsync(cancel);
        }
        catch (QubesException e)
        {
            Log.SampleFailed(logger, qube.Name, e.Message);
            return;
        }

        int vcpus = Math.Max(1, qube.Properties.Get(QubeProperties.Vcpus));
        long now = time.GetTimestamp();
        double percent = last.TryGetValue(machine, out var before)
            ? 100 * (usage.CpuTime - before.Cpu) / (time.GetElapsedTime(before.At, now) * vcpus)
            : 0;
        last[machine] = (now, usage.CpuTime);

        string memory = Number(usage.MemoryKiB);
        stream.Write(
            qube, "vm-stats",
            new("memory_kb", memory), new("memory_assigned_total", memory), new("memory_assigned_usable", memory),
            new("memory_with_swap_used", memory), new("cpu_time", Number((long)usage.CpuTime.TotalMilliseconds)),
            new("cpu_usage", Number((long)Math.Clamp(percent, 0, 100))), new("online_vcpus", Number(vcpus)));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
