using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Makes calls between qubes, and of qubes to the host (spec: protocol, section 4, "A call from the guest").</summary>
internal sealed class CallMaker(
    ICallJudge judge, CallTargets targets, IHostServices services, TimeProvider time, ILogger<CallMaker> logger) : ICallMaker
{
    private const string Host = "dom0";

    public async Task MakeAsync(ICaller caller, CallRequest request, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, caller.Left);
        var state = new CallState(time);
        try
        {
            switch (await judge.JudgeAsync(request, either.Token))
            {
                case AllowedCall allowed:
                    state.Judged();
                    await ConnectAsync(caller, request, allowed, state, either.Token);
                    break;
                case DeniedCall denied:
                    await RefuseAsync(caller, request, denied.Reason, either.Token);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            Log.CallBrokenOff(logger, caller.Source.Name, new(request.Service));
        }
        catch (Exception e) when (e is QubesException or VchanClosedException)
        {
            // Once the caller has been told to connect, the end of its connection is the answer.
            if (state.IsAnswered)
                Log.CallFailed(logger, caller.Source.Name, new(request.Service), new(request.Target), new(e.Message));
            else
                await RefuseAsync(caller, request, e.Message, either.Token);
        }
    }

    private async Task ConnectAsync(
        ICaller caller, CallRequest request, AllowedCall allowed, CallState state, CancellationToken cancel)
    {
        string name = allowed.Service ?? request.Service;
        string source = allowed.PolicySource ?? caller.Source.Name;
        if (allowed.Target == Host)
        {
            await ServeHereAsync(caller, DescriptorOf(name, source, allowed.RequestedTarget), state, cancel);
            return;
        }
        await using CallTarget target = await targets.ReachAsync(caller.Source, allowed, cancel);
        state.Reached();
        string command = ServiceCommand.ForCaller(allowed.User ?? target.DefaultUser, name, source);
        GuestEnd end = await target.Agent.ExecuteAsync(caller.Domain, command, cancel);
        try
        {
            await JoinAsync(caller, target, end, state, cancel);
            Log.CallEnded(logger, caller.Source.Name, new(request.Service), target.Agent.Guest.Name, state);
        }
        finally
        {
            end.Abandon();
        }
    }

    private static async Task JoinAsync(ICaller caller, CallTarget target, GuestEnd end, CallState state, CancellationToken cancel)
    {
        // Both ends are asked at once: neither has to wait for the other's connection.
        state.IsAnswered = true;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<IVchan> ours = caller.AcceptAsync(target.Agent.Guest.Id, end.Port, failed.Token);
        Task<IVchan> theirs = end.OpenAsync(failed.Token);
        try
        {
            await (await Task.WhenAny(ours, theirs));
            await Task.WhenAll(ours, theirs);
        }
        catch
        {
            await failed.CancelAsync();
            await CloseAsync(ours);
            await CloseAsync(theirs);
            throw;
        }
        state.Joined();
        await VchanBridge.RunAsync(await ours, await theirs, cancel);
    }

    private async Task ServeHereAsync(ICaller caller, ServiceDescriptor service, CallState state, CancellationToken cancel)
    {
        state.Reached();
        state.IsAnswered = true;
        await using IVchan connection = await caller.AcceptAsync(0, 0, cancel);
        state.Joined();
        await services.ServeAsync(caller.Source, service, connection, cancel);
        Log.CallEnded(logger, caller.Source.Name, new(service.FullName), Host, state);
    }

    private async Task RefuseAsync(ICaller caller, CallRequest request, string reason, CancellationToken cancel)
    {
        Log.CallRefused(logger, caller.Source.Name, new(request.Service), new(request.Target), new(reason));
        try
        {
            await caller.RefuseAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // It has gone, or the daemon stops.
        }
    }

    private static async Task CloseAsync(Task<IVchan> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
            await (await opening).DisposeAsync();
    }

    // Towards the host, what the caller asked for is part of the descriptor; keywords go without their @ (section 9).
    private static ServiceDescriptor DescriptorOf(string service, string source, string requested)
    {
        int plus = service.IndexOf('+', StringComparison.Ordinal);
        var (name, argument) = plus < 0 ? (service, "") : (service[..plus], service[(plus + 1)..]);
        return requested.StartsWith('@')
            ? new(name, argument, source, "keyword", requested[1..])
            : new(name, argument, source, "name", requested);
    }
}
