using System.Text.Json;
using Qubes.Plugins.Preload.Status;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Traces;

/// <summary>
/// <c>admin.preload.Trace+start</c>, <c>+stop</c> and <c>+status</c>: what <c>qvm-preload trace</c> does; at the host, and the host's alone,
/// as it is about all templates. Answers with a line of JSON.
/// </summary>
internal sealed class TraceMethods(TraceRecorder recorder) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
        [new AnsweringMethod("admin.preload.Trace", AdminDestination.AdminVm, Presence.Required, Presence.Forbidden, AnswerAsync)];

    private async ValueTask<AdminAnswer> AnswerAsync(AdminCall call, CancellationToken cancel)
    {
        if (call.Source.Class != QubeClass.AdminVM)
            throw new PermissionDeniedException("Only the host may record traces: they tell of all templates.");
        var status = call.Argument switch
        {
            "start" => await recorder.StartAsync(),
            "stop" => await recorder.StopAsync(),
            "status" => recorder.Status,
            _ => throw new InvalidValueException($"The argument of {call.Method} is start, stop or status, not '{call.Argument}'"),
        };
        return JsonSerializer.Serialize(status, StatusText.Default.TraceStatus) + "\n";
    }
}
