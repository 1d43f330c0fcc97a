namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Makes calls: asks policy, reaches the target, joins the two ends.</summary>
internal interface ICallMaker
{
    /// <summary>
    /// Makes one call, or refuses it; returns when it is over and nothing of it is left. Never throws.
    /// </summary>
    Task MakeAsync(ICaller caller, CallRequest request, CancellationToken cancel);
}
