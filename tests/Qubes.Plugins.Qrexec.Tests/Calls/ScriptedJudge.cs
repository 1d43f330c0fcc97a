using Qubes.Plugins.Qrexec.Calls;

namespace Qubes.Plugins.Qrexec.Tests.Calls;

/// <summary>Says what a test wants; otherwise that calls go where they are aimed.</summary>
internal sealed class ScriptedJudge : ICallJudge
{
    public Func<CallRequest, CallVerdict> Verdict { get; set; } = r => new AllowedCall(null, r.Target, true, r.Target, "test:1");

    /// <summary>Verdicts wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<CallVerdict> JudgeAsync(CallRequest request, CancellationToken cancel)
    {
        await Gate.WaitAsync(cancel);
        return Verdict(request);
    }
}
