using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Qrexec.Protocol;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>
/// Judges what guests ask for. Nothing is ever carried out: calls from a guest are not connected yet, so the verdict is for
/// the log, and the answer is a refusal in any case.
/// </summary>
internal sealed class GuestCalls(ICallJudge judge, ILogger<GuestCalls> logger)
{
    /// <summary>Says in the log why the call is refused.</summary>
    public async Task RefuseAsync(Guest guest, TriggerRequest request, CancellationToken cancel)
    {
        string reason = request.Fault ?? await JudgeAsync(guest, request, cancel);
        Log.CallRefused(logger, guest.Name, new(request.Service), new(request.Target), new(reason));
    }

    private async Task<string> JudgeAsync(Guest guest, TriggerRequest request, CancellationToken cancel)
    {
        CallRequest call = new(new(guest.Name, guest.Qube), request.Target, request.Service)
        {
            RelayedFor = request.Source == guest.Name ? "" : request.Source,
        };
        return await judge.JudgeAsync(call, cancel) switch
        {
            DeniedCall denied => denied.Reason,
            AllowedCall allowed => $"the policy allows it at {allowed.Rule}, but calls from a guest are not connected yet",
            _ => "no verdict",
        };
    }
}
