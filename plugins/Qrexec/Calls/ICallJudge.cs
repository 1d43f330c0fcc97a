namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Decides by policy whether a call may be made.</summary>
internal interface ICallJudge
{
    /// <summary>Judges, asks where the policy says so, and notifies. Never throws but when cancelled: what cannot be judged is denied.</summary>
    Task<CallVerdict> JudgeAsync(CallRequest request, CancellationToken cancel);
}
