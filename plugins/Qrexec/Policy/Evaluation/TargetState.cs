namespace Qubes.Policy.Evaluation;

/// <summary>Whether a resolved target needs no start.</summary>
internal static class TargetState
{
    public static bool IsUp(string target, IPolicySystem system) =>
        PolicyWords.IsHost(target) || (system.TryFind(target, out IPolicyQube? qube) && qube.IsRunning);
}
