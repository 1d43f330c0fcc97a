namespace Qubes.Policy.Evaluation;

/// <summary>Qubes on other machines (spec: policy, section 7).</summary>
internal static class RemoteQube
{
    private const string Class = "RemoteVM";

    public static bool IsRemote(IPolicyQube qube) => qube.Type == Class;
}
