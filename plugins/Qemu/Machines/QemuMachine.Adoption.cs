using System.Text.Json;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Machines;

internal sealed partial class QemuMachine
{
    /// <summary>Takes over a running machine of an earlier daemon.</summary>
    /// <exception cref="QubeException">It does not answer, is another machine, or is in no state to be used.</exception>
    public static async Task<QemuMachine> AdoptAsync(
        MachineFiles place, MachineRecord record, string consolePath, TimeProvider time, ILogger logger, CancellationToken cancel)
    {
        var machine = new QemuMachine(place, boot: null, time, logger) { record = record };
        machine.process = await QemuProcess.AttachAsync(record.Pid, place, consolePath, machine.Handle, cancel)
            .ConfigureAwait(false);
        try
        {
            var uuid = Text(await machine.CommandAsync("query-uuid", cancel).ConfigureAwait(false), "UUID");
            if (!Guid.TryParse(uuid, out var found) || found != (record.ProcessUuid ?? record.Uuid))
                throw new QubeException("it is not the machine that was recorded");
            var status = Text(await machine.CommandAsync("query-status", cancel).ConfigureAwait(false), "status");
            machine.state = status switch
            {
                "running" => MachineState.Running,
                "paused" => MachineState.Paused,
                _ => throw new QubeException("it neither runs nor is paused"),
            };
        }
        catch
        {
            await machine.process.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        machine.watching = machine.WatchAsync(machine.process);
        return machine;
    }

    private static string? Text(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
