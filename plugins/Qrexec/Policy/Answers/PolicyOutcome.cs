namespace Qubes.Policy.Answers;

/// <summary>What came of a call in the end.</summary>
/// <param name="Granted">Where it goes; null if it is refused.</param>
/// <param name="Reason">Why it is refused, for people; empty if it is granted.</param>
/// <param name="Notifications">Whom to tell.</param>
public sealed record PolicyOutcome(GrantedCall? Granted, string Reason, IReadOnlyList<PolicyNotification> Notifications)
{
    /// <summary>Refused, and nobody is told.</summary>
    public static PolicyOutcome Quiet(string reason) => new(null, reason, []);
}
