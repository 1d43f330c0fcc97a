using NSubstitute;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Memory;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>What a start claims of the host's memory (spec: qmemman, section 5), and for how long.</summary>
public sealed class StartMemoryTests : IAsyncLifetime
{
    private readonly IMemoryBroker broker = Substitute.For<IMemoryBroker>();
    private readonly IAsyncDisposable claim = Substitute.For<IAsyncDisposable>();
    private TestKernel kernel = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
        kernel.World.Add(broker);
        broker.ClaimAsync(Arg.Any<IQube>(), Arg.Any<long>(), Arg.Any<CancellationToken>()).Returns(claim);
        await kernel.OnLoop(() =>
        {
            Work.Properties.Set(QubeProperties.Memory, 400);
            Work.Properties.Set(QubeProperties.Maxmem, 4000);
            Work.Properties.Set(QubeProperties.Vcpus, 2);
        });
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    private IQube Work => kernel.Qubes.Find("work");

    [Fact]
    public async Task A_boot_claims_the_qubes_memory_and_what_it_takes_to_run_it()
    {
        await kernel.OnLoop(() => Work.StartAsync(default));

        const long expected = (400L + 4 + 3) * 1048576 + 4000L * 8192;
        await broker.Received(1).ClaimAsync(Work, expected, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Without_maxmem_the_overhead_is_that_of_the_memory_itself()
    {
        await kernel.OnLoop(() => Work.Properties.Set(QubeProperties.Maxmem, 0));
        await kernel.OnLoop(() => Work.StartAsync(default));

        await broker.Received(1).ClaimAsync(Work, (400L + 4 + 3) * 1048576 + 400L * 8192, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task The_claim_is_given_up_when_the_machine_exists_before_it_boots()
    {
        var hasGivenUp = false;
        kernel.Hypervisor.Booting = (_, _) =>
        {
            hasGivenUp = claim.ReceivedCalls().Any();
            return Task.CompletedTask;
        };

        await kernel.OnLoop(() => Work.StartAsync(default));

        Assert.True(hasGivenUp);
        await claim.Received(1).DisposeAsync();
    }

    [Fact]
    public async Task The_claim_is_given_up_when_the_machine_cannot_be_built()
    {
        kernel.Hypervisor.Creating = _ => throw new QubeException("no");

        await Assert.ThrowsAsync<QubeException>(() => kernel.OnLoop(() => Work.StartAsync(default)));

        await claim.Received(1).DisposeAsync();
    }

    [Fact]
    public async Task A_refusal_is_what_the_caller_hears_and_nothing_is_built_and_other_claims_are_given_up()
    {
        var second = Substitute.For<IMemoryBroker>();
        second.ClaimAsync(Arg.Any<IQube>(), Arg.Any<long>(), Arg.Any<CancellationToken>())
            .Returns<IAsyncDisposable>(_ => throw new OutOfMemoryQubeException("Not enough memory to start domain 'work'"));
        kernel.World.Add(second);

        var refused = await Assert.ThrowsAsync<OutOfMemoryQubeException>(() => kernel.OnLoop(() => Work.StartAsync(default)));

        Assert.Equal("QubesMemoryError", refused.WireName);
        Assert.Empty(kernel.Hypervisor.Machines);
        Assert.Contains("work/domain-start-failed", kernel.Events);
        Assert.DoesNotContain("work/domain-pre-spawn", kernel.Events);
        await claim.Received(1).DisposeAsync();
    }
}
