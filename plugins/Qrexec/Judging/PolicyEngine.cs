using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Policy;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>Evaluates calls against the policy on the disk and the qubes there are, and puts the questions that it wants put.</summary>
internal sealed class PolicyEngine(
    PolicyStore store, IQubes qubes, IKernelLoop loop, PolicyQuestions questions, PolicyNews news, ILogger<PolicyEngine> logger)
{
    /// <summary>Never throws but when cancelled: what cannot be judged is denied.</summary>
    public async Task<PolicyVerdict> EvaluateAsync(CallRequest request, PolicyModes modes, CancellationToken cancel)
    {
        PolicyState state = await store.GetAsync(cancel).ConfigureAwait(false);
        if (state.Policy is not { } policy)
            return new(PolicyOutcome.Quiet($"the policy cannot be used: {state.Error}"), "");
        PolicyCall call = new(request.Source.Name, request.Service, request.Target) { RelayedFor = request.RelayedFor };
        try
        {
            // One turn of the loop: the qubes do not change between the rule and what is said of its target.
            var (decision, outcome, question) = await loop.InvokeAsync(() =>
            {
                LiveSystem system = new(qubes);
                PolicyDecision decided = policy.Decide(call, system, Caller(request.Source));
                return Task.FromResult(decided is AskedDecision asked && modes == PolicyModes.None
                    ? (decided, null, (asked, PolicyQuestions.Prepare(asked, call, system)))
                    : (decided, Settlement.Settle(decided, call, system, modes: modes), default((AskedDecision, PreparedQuestion)?)));
            }).ConfigureAwait(false);
            string rule = decision.Rule?.Location.ToString() ?? "";
            if (question is var (put, prepared))
            {
                if (put.IsDefaultDropped)
                    Log.DefaultTargetDropped(logger, rule);
                string? answer = await questions.AskAsync(prepared, cancel).ConfigureAwait(false);
                outcome = await loop.InvokeAsync(() => Task.FromResult(Settlement.Settle(put, call, new LiveSystem(qubes), answer)))
                    .ConfigureAwait(false);
            }
            news.Tell(outcome!.Notifications, call);
            return new(outcome, rule);
        }
        catch (QubesException e)
        {
            return new(PolicyOutcome.Quiet(e.Message), "");
        }
    }

    private IPolicyQube Caller(CallSource source)
    {
        if (source.Qube is { } qube)
            return new LiveQube(qube);
        HostCaller.RequireName(source.Name, qubes);
        return new HostCaller(source, qubes);
    }
}
