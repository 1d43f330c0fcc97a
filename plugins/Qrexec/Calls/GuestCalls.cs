using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Policy;
using Qubes.Qrexec.Protocol;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>
/// Judges what guests ask for. Nothing is ever carried out: calls from a guest are not connected yet, so the verdict is for
/// the log, and the answer is a refusal in any case.
/// </summary>
internal sealed class GuestCalls(PolicyDirectory policy, IQubes qubes, IKernelLoop loop, ILogger<GuestCalls> logger)
{
    /// <summary>Says in the log why the call is refused.</summary>
    public async Task RefuseAsync(Guest guest, TriggerRequest request, CancellationToken cancel)
    {
        string reason;
        try
        {
            reason = request.Fault ?? await JudgeAsync(guest, request, cancel);
        }
        catch (Exception e) when (e is PolicyLoadException or QubesException)
        {
            reason = e.Message;
        }
        Log.CallRefused(logger, guest.Name, new(request.Service), new(request.Target), new(reason));
    }

    private async Task<string> JudgeAsync(Guest guest, TriggerRequest request, CancellationToken cancel)
    {
        if (request.Source.Length > 0 && request.Source != guest.Name)
            return "it claims to speak for another qube";
        IReadOnlyList<PolicyRule> rules = await policy.LoadAsync(cancel);
        PolicyQube? target = null;
        PolicyQube source = await loop.InvokeAsync(() =>
        {
            target = qubes.TryFind(request.Target, out IQube? known) ? Of(known) : null;
            return Task.FromResult(Of(guest.Qube));
        });
        PolicyRule? rule = PolicyEvaluator.FirstMatch(rules, source, request.Target, target, request.Service);
        return rule switch
        {
            null => "no policy rule matches",
            { Allows: false } => $"the policy denies it at {rule.Location}",
            _ => $"the policy allows it at {rule.Location}, but calls from a guest are not connected yet",
        };
    }

    private static PolicyQube Of(IQube qube) => new(qube.Name, qube.Class.ToString(), qube.Tags.ToHashSet(StringComparer.Ordinal));
}
