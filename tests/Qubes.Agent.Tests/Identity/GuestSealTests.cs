using Qubes.Agent.Identity;
using Qubes.Qrexec.Link;

namespace Qubes.Agent.Tests.Identity;

public sealed class GuestSealTests
{
    private readonly ScriptedSystem system = new();
    private readonly byte[] sample = new byte[LinkIdentity.SampleSize];
    private readonly GuestSeal seal;

    public GuestSealTests() => seal = new GuestSeal(system);

    [Fact]
    public void An_identity_is_taken_in_order_and_the_sample_drawn_last()
    {
        Assert.Equal(IdentityOutcome.Done, seal.Prepare());
        using var identity = Identities.New();
        Assert.Equal(IdentityOutcome.Done, seal.Take(identity, sample));
        Assert.Equal(
            ["open", "cover machine", "cover boot", "prepare rehearsal", "sync", "entropy", "reseed", "rehearse", "clock", "name",
                "machine 00112233445546778899aabbccddeeff", "boot ffeeddcc-bbaa-4988-8766-554433221100", "draw"],
            system.Done);
        Assert.Equal(identity.Seed, system.Seed);
        Assert.Equal(identity.Time, system.Clock);
        Assert.Equal("disp1234", system.HostName);
        Assert.All(sample, octet => Assert.Equal(7, octet));
    }

    [Fact]
    public void One_that_nobody_waits_for_does_not_rehearse()
    {
        seal.Prepare();
        using var identity = Identities.New() with { IsAwaited = false };
        Assert.Equal(IdentityOutcome.Done, seal.Take(identity, sample));
        Assert.Equal(["skip rehearsal"], system.Done.Where(step => step.Contains("rehears", StringComparison.Ordinal)).Skip(1));
    }

    [Theory]
    [InlineData("open", IdentityOutcome.Generator)]
    [InlineData("cover machine", IdentityOutcome.MachineId)]
    [InlineData("cover boot", IdentityOutcome.BootId)]
    public void What_cannot_be_made_ready_leaves_the_guest_unsealed(string step, IdentityOutcome outcome)
    {
        system.Failing = step;
        Assert.Equal(outcome, seal.Prepare());
        using var identity = Identities.New();
        Assert.Equal(IdentityOutcome.NotSealed, seal.Take(identity, sample));
        Assert.DoesNotContain("entropy", system.Done);
    }

    [Theory]
    [InlineData("entropy", IdentityOutcome.Entropy)]
    [InlineData("reseed", IdentityOutcome.Reseed)]
    [InlineData("clock", IdentityOutcome.Clock)]
    [InlineData("name", IdentityOutcome.HostName)]
    [InlineData("machine", IdentityOutcome.MachineId)]
    [InlineData("boot", IdentityOutcome.BootId)]
    [InlineData("draw", IdentityOutcome.Sample)]
    public void The_first_step_that_fails_is_told_and_ends_it_for_ever(string step, IdentityOutcome outcome)
    {
        seal.Prepare();
        system.Failing = step;
        Assert.Equal(outcome, Take());
        var steps = system.Done.Count;
        system.Failing = "";
        Assert.Equal(IdentityOutcome.FailedBefore, Take());
        Assert.Equal(IdentityOutcome.FailedBefore, seal.Prepare());
        Assert.Equal(IdentityOutcome.FailedBefore, Take());
        Assert.Equal(steps, system.Done.Count);
    }

    [Theory]
    [InlineData(-1, IdentityOutcome.Clock)]
    [InlineData(0, IdentityOutcome.Done)]
    [InlineData(2_000_000_000, IdentityOutcome.Done)]
    [InlineData(2_000_000_001, IdentityOutcome.Clock)]
    public void A_clock_that_shows_another_time_than_it_was_set_to_is_not_set(long drift, IdentityOutcome outcome)
    {
        seal.Prepare();
        system.Drift = drift;
        Assert.Equal(outcome, Take());
    }

    [Fact]
    public void A_name_that_reads_otherwise_is_not_set()
    {
        seal.Prepare();
        system.LongestName = 4;
        Assert.Equal(IdentityOutcome.HostName, Take());
    }

    [Fact]
    public void A_malformed_identity_ends_it_for_ever()
    {
        seal.Prepare();
        Assert.Equal(IdentityOutcome.Malformed, seal.Take(null, sample));
        Assert.Equal(IdentityOutcome.FailedBefore, Take());
    }

    [Fact]
    public void A_guest_that_was_not_sealed_keeps_the_identity_that_it_has()
    {
        Assert.Equal(IdentityOutcome.NotSealed, Take());
        Assert.Equal(IdentityOutcome.NotSealed, seal.Take(null, sample));
        Assert.Empty(system.Done);
    }

    [Fact]
    public void An_identity_is_taken_once_for_each_seal()
    {
        seal.Prepare();
        Assert.Equal(IdentityOutcome.Done, Take());
        Assert.Equal(IdentityOutcome.NotSealed, Take());
        Assert.Equal(IdentityOutcome.Done, seal.Prepare());
        Assert.Equal(IdentityOutcome.Done, Take());
    }

    private IdentityOutcome Take()
    {
        using var identity = Identities.New();
        return seal.Take(identity, sample);
    }
}
