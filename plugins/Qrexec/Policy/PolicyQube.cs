namespace Qubes.Plugins.Qrexec.Policy;

/// <summary>What the policy knows about a qube.</summary>
internal sealed record PolicyQube(string Name, string Class, IReadOnlySet<string> Tags)
{
    public bool IsHost => Class == "AdminVM";
}
