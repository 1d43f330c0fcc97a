using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Takes what guests ask for: each call is made on its own, so that none waits for another.</summary>
internal sealed class CallIntake(ICallMaker maker, TimeProvider time, ILogger<CallIntake> logger) : IDisposable
{
    private readonly OngoingWork work = new();

    /// <summary>The pace of one session.</summary>
    public CallPace NewPace() => new(time);

    /// <summary>Begins a call, or refuses it at once.</summary>
    /// <exception cref="VchanClosedException">The caller's line is down.</exception>
    public async Task TakeAsync(Guest guest, AgentSession session, CallPace pace, TriggerRequest request, CancellationToken cancel)
    {
        string? fault = request.Fault;
        if (fault is null && Interlocked.Increment(ref pace.Pending) > QrexecLimits.Concurrent)
        {
            Interlocked.Decrement(ref pace.Pending);
            fault = $"{QrexecLimits.Concurrent} of its calls are under way, which is the most";
        }
        if (fault is not null)
        {
            Log.CallRefused(logger, guest.Name, new(request.Service), new(request.Target), new(fault));
            await session.RefuseAsync(request.Id, cancel);
            return;
        }
        work.Enter();
        _ = MakeAsync(guest, session, pace, request);
    }

    /// <summary>Ends all calls and returns when nothing of them is left. Called once, when none begins any more.</summary>
    public async Task StopAsync()
    {
        await work.BreakOffAsync();
        await work.EndAsync();
    }

    public void Dispose() => work.Dispose();

    private async Task MakeAsync(Guest guest, AgentSession session, CallPace pace, TriggerRequest request)
    {
        await Task.Yield();
        try
        {
            var caller = new GuestCaller(guest, session, request.Id, time);
            var call = new CallRequest(caller.Source, request.Target, request.Service) { RelayedFor = request.Source };
            await maker.MakeAsync(caller, call, work.Stopping);
        }
        finally
        {
            Interlocked.Decrement(ref pace.Pending);
            work.Leave();
        }
    }
}
