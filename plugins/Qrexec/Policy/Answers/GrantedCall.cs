namespace Qubes.Policy.Answers;

/// <summary>Where a granted call goes, and how.</summary>
/// <param name="Target"><c>dom0</c>, a qube by name or uuid as it was given, or <c>@dispvm:TEMPLATE</c>.</param>
/// <param name="RequestedTarget">What was asked for, <c>@default</c> for nothing or an unknown one.</param>
/// <param name="Autostart">A target that does not run may be started.</param>
public sealed record GrantedCall(string Target, string RequestedTarget, bool Autostart)
{
    /// <summary>The user it runs as; null for the target's default user.</summary>
    public string? User { get; init; }

    /// <summary>The target's name: a qube's where <see cref="Target"/> has a uuid, also behind <c>@dispvm:</c>.</summary>
    public required string TargetName { get; init; }

    /// <summary><c>uuid:…</c> or <c>@dispvm:uuid:…</c>, with the template's; null for the host.</summary>
    public string? TargetUuid { get; init; }

    /// <summary>Replaces service and argument: the call goes through a relay. Null for none.</summary>
    public string? Service { get; init; }

    /// <summary>Replaces the source towards the target: the remote qube that a relay speaks for. Null for none.</summary>
    public string? PolicySource { get; init; }
}
