using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Tests.Memory;

/// <summary>Spec: preloaded disposables, section 8, and what follows when one is used.</summary>
public sealed class ShrinkTests : PreloadTest
{
    private readonly TaskCompletionSource<ShrinkOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool wasCancelled;

    private void ShrinkSlowly() => World.Shrinking = async (_, cancel) =>
    {
        try
        {
            return await outcome.Task.WaitAsync(cancel);
        }
        finally
        {
            wasCancelled = cancel.IsCancellationRequested;
        }
    };

    private async Task<string> BeginAsync()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        return Assert.Single(await Kernel.QueueAsync());
    }

    [Fact]
    public async Task S8_one_gives_memory_back_after_it_is_ready_and_before_it_is_paused()
    {
        ShrinkSlowly();
        var name = await BeginAsync();

        Assert.Equal([name], World.Shrunk);
        Assert.Equal(PowerState.Running, await Kernel.StateAsync(name));
        Assert.Contains($"{name}/qubes.WaitForRunningSystem", World.Guests.Calls);
        Assert.Contains(Kernel.Events, e => e == $"{name} domain-pre-paused");

        outcome.SetResult(ShrinkOutcome.Done);
        await Kernel.SettleAsync();
        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(name));
        Assert.Empty(World.Released);
    }

    [Fact]
    public async Task R4_a_request_meanwhile_gets_it_at_once_and_running()
    {
        ShrinkSlowly();
        var name = await BeginAsync();

        var got = await Kernel.AcquireAsync();

        Assert.Equal((name, PowerState.Running), (got.Name, got.PowerState));
        Assert.True(wasCancelled);
        Assert.Equal([name], World.Released);
        Assert.Equal(0, World.Hypervisor.MachineOf(name).Pauses);
    }

    [Fact]
    public async Task R4_a_broker_that_does_not_listen_holds_nobody_up()
    {
        World.Shrinking = (_, _) => outcome.Task;
        var name = await BeginAsync();

        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task S8_one_that_stalls_is_paused_all_the_same()
    {
        World.Shrinking = (_, _) => Task.FromResult(ShrinkOutcome.Stalled);

        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(await BeginAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_that_fails_costs_no_preload(bool isAtOnce)
    {
        World.Shrinking = (_, _) => isAtOnce ? throw new InvalidOperationException("no") : Task.FromException<ShrinkOutcome>(new IOException("no"));

        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(await BeginAsync()));
    }

    [Fact]
    public async Task A_broker_that_never_ends_costs_no_preload()
    {
        World.Shrinking = (_, _) => outcome.Task;
        var name = await BeginAsync();

        await Kernel.PassAsync(59);
        Assert.Equal(PowerState.Running, await Kernel.StateAsync(name));
        await Kernel.PassAsync(2);
        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(name));
    }

    [Fact]
    public async Task One_that_is_discarded_meanwhile_is_not_waited_for()
    {
        ShrinkSlowly();
        await BeginAsync();

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "0");

        Assert.True(wasCancelled);
        Assert.Empty(await Kernel.DisposablesAsync());
    }

    [Fact]
    public async Task S8_one_that_is_not_balanced_is_left_alone()
    {
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Maxmem, 0));

        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(await BeginAsync()));
        Assert.Empty(World.Shrunk);
    }

    [Fact]
    public async Task Others_that_somebody_pauses_are_left_alone()
    {
        await BeginAsync();
        var got = await Kernel.AcquireAsync();
        World.Shrunk.Clear();

        await Kernel.OnLoop(() => got.PauseAsync(default));

        Assert.Empty(World.Shrunk);
    }

    [Fact]
    public async Task A_used_one_may_have_its_memory_back_before_its_caller_has_it()
    {
        var name = await BeginAsync();
        var state = "";
        World.Releasing = q => state = $"{q.PowerState} {Kernel.Preloads.IsPreload(q)}";

        await Kernel.AcquireAsync();

        Assert.Equal([name], World.Released);
        Assert.Equal("Running False", state);
    }

    [Fact]
    public async Task One_that_somebody_lets_run_may_have_its_memory_back_too()
    {
        var name = await BeginAsync();

        await Kernel.OnLoop(() => Kernel.Qubes.Find(name).UnpauseAsync(default));
        await Kernel.SettleAsync();

        Assert.Equal([name], World.Released);
    }

    [Fact]
    public async Task A_broker_that_fails_to_release_costs_no_caller_anything()
    {
        var name = await BeginAsync();
        World.Releasing = _ => throw new InvalidOperationException("no");

        Assert.Equal(name, (await Kernel.AcquireAsync()).Name);
    }
}
