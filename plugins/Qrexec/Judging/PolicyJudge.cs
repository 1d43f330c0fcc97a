using Qubes.Plugins.Qrexec.Calls;
using Qubes.Policy.Answers;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>Judges calls that are to be made.</summary>
internal sealed class PolicyJudge(PolicyEngine engine) : ICallJudge
{
    /// <inheritdoc/>
    public async Task<CallVerdict> JudgeAsync(CallRequest request, CancellationToken cancel)
    {
        var (outcome, rule) = await engine.EvaluateAsync(request, PolicyModes.None, cancel).ConfigureAwait(false);
        return outcome.Granted is { } granted
            ? new AllowedCall(granted.User, granted.TargetName, granted.Autostart, granted.RequestedTarget, rule)
            {
                Service = granted.Service,
                PolicySource = granted.PolicySource,
            }
            : new DeniedCall(rule.Length > 0 ? $"{rule}: {outcome.Reason}" : outcome.Reason);
    }
}
