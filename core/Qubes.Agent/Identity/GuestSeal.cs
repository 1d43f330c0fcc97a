using Qubes.Qrexec.Link;

namespace Qubes.Agent.Identity;

/// <summary>
/// Whether this guest waits for an identity, and how it takes one: everything or nothing. One that it could not take to the end
/// leaves it sealed for ever, since nobody knows what it shares with its siblings then.
/// </summary>
internal sealed class GuestSeal(IIdentitySystem system)
{
    /// <summary>How far the clock may have gone on when it is looked at after it was set: a guest may be slow, but not this slow.</summary>
    private const long LargestClockStep = 2_000_000_000;

    private bool isSealed;
    private bool hasFailed;

    /// <summary>Does ahead what an identity will need, so that each copy has as little to do as can be.</summary>
    public IdentityOutcome Prepare()
    {
        if (hasFailed)
            return IdentityOutcome.FailedBefore;
        if (!system.OpenGenerator())
            return IdentityOutcome.Generator;
        if (!system.CoverMachineId())
            return IdentityOutcome.MachineId;
        if (!system.CoverBootId())
            return IdentityOutcome.BootId;
        system.PrepareRehearsal();
        system.Sync();
        isSealed = true;
        return IdentityOutcome.Done;
    }

    /// <summary>Takes an identity, null if it was malformed; on success draws a sample from the generator that was reseeded.</summary>
    public IdentityOutcome Take(LinkIdentity? identity, Span<byte> sample)
    {
        if (!isSealed)
            return IdentityOutcome.NotSealed;
        if (hasFailed)
            return IdentityOutcome.FailedBefore;
        hasFailed = true;
        var outcome = identity is null ? IdentityOutcome.Malformed : Apply(identity, sample);
        if (outcome == IdentityOutcome.Done)
            isSealed = hasFailed = false;
        return outcome;
    }

    // Entropy first: whatever comes after it may already draw on it.
    private IdentityOutcome Apply(LinkIdentity identity, Span<byte> sample)
    {
        if (!system.AddEntropy(identity.Seed))
            return IdentityOutcome.Entropy;
        if (!system.Reseed())
            return IdentityOutcome.Reseed;
        if (identity.IsAwaited)
            system.Rehearse();
        else
            system.SkipRehearsal();
        if (!system.SetClock(identity.Time) || system.Clock - identity.Time is < 0 or > LargestClockStep)
            return IdentityOutcome.Clock;
        if (!system.SetHostName(identity.Name) || system.HostName != identity.Name)
            return IdentityOutcome.HostName;
        if (!system.ReplaceMachineId(identity.MachineId))
            return IdentityOutcome.MachineId;
        if (!system.ReplaceBootId(identity.BootId))
            return IdentityOutcome.BootId;
        return system.Draw(sample) ? IdentityOutcome.Done : IdentityOutcome.Sample;
    }
}
