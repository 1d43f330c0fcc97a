namespace Qubes.Qrexec.Link;

/// <summary>A guest was not sealed, or did not take its identity; it says why.</summary>
public sealed class IdentityRefusedException(IdentityOutcome outcome) : IOException($"the guest says: {outcome}")
{
    /// <summary>What the guest could not do.</summary>
    public IdentityOutcome Outcome => outcome;
}
