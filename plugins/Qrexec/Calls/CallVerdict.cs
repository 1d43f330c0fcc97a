namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>What came of a request, any question already answered (spec: policy, section 4).</summary>
internal abstract record CallVerdict;

/// <summary>The call may be made.</summary>
/// <param name="User">The user it runs as; null for the target's default user.</param>
/// <param name="Target"><c>dom0</c>, a qube's name, or <c>@dispvm:TEMPLATE</c>.</param>
/// <param name="Autostart">A target that does not run may be started.</param>
/// <param name="RequestedTarget">The target asked for, <c>@default</c> if there was none.</param>
/// <param name="Rule">The line that decided, for the log.</param>
internal sealed record AllowedCall(string? User, string Target, bool Autostart, string RequestedTarget, string Rule) : CallVerdict
{
    /// <summary>Replaces the service, with its argument: the call goes through a relay. Null for none.</summary>
    public string? Service { get; init; }

    /// <summary>Replaces the source's name towards the target. Null for none.</summary>
    public string? PolicySource { get; init; }
}

/// <summary>The call is refused.</summary>
/// <param name="Reason">For the log: what decided, and why.</param>
internal sealed record DeniedCall(string Reason) : CallVerdict;
