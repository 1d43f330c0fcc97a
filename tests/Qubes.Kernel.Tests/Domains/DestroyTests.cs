using Qubes.Kernel.Domains;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>Clean-up of disposables is off their users' path, and happens whatever happens.</summary>
public sealed class DestroyTests : IAsyncLifetime
{
    private readonly TaskCompletionSource killing = new();
    private TestKernel kernel = null!;
    private Qube disposable = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
        disposable = await kernel.AcquireAsync();
        await kernel.OnLoop(() => disposable.StartAsync(default));
        kernel.Hypervisor.Killing = (_, cancel) => killing.Task.WaitAsync(cancel);
    }

    public async Task DisposeAsync()
    {
        killing.TrySetResult();
        await kernel.DisposeAsync();
    }

    [Fact]
    public async Task The_answer_comes_before_the_end_and_the_end_comes_whole()
    {
        await kernel.OnLoop(() => disposable.DestroyAsync(default));

        Assert.Equal(PowerState.Dying, await kernel.OnLoop(() => disposable.PowerState));
        kernel.Events.Clear();
        killing.SetResult();
        await disposable.Lifecycle.Stopped;

        Assert.False(await IsKnownAsync());
        Assert.Empty(kernel.Hypervisor.Machines);
        Assert.Equal(
            ["domain-stopped", "domain-shutdown", "domain-pre-delete", "domain-delete", "domain-remove-from-disk"],
            kernel.Events.Select(e => e.Split('/')[1]).Where(e => e.StartsWith("domain-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task One_that_is_ending_counts_as_ended()
    {
        await kernel.OnLoop(() => disposable.DestroyAsync(default));

        await Assert.ThrowsAsync<QubeNotStartedException>(() => kernel.OnLoop(() => disposable.DestroyAsync(default)));
    }

    [Fact]
    public async Task A_start_meanwhile_finds_it_gone()
    {
        await kernel.OnLoop(() => disposable.DestroyAsync(default));
        var starting = kernel.OnLoop(() => disposable.StartAsync(default));
        killing.SetResult();

        await Assert.ThrowsAsync<QubeNotFoundException>(() => starting);
        Assert.Empty(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task The_next_daemon_ends_what_this_one_has_not()
    {
        await kernel.OnLoop(() => disposable.DestroyAsync(default));
        var name = disposable.Name;

        kernel = await kernel.RestartAsync(() => kernel.Hypervisor.Killing = null);

        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind(name, out _)));
        Assert.Empty(kernel.Hypervisor.Machines);
    }

    [Fact]
    public async Task An_end_that_fails_is_tried_again()
    {
        var tries = 0;
        kernel.Hypervisor.Killing = (_, _) => ++tries < 3 ? throw new QubeException("stuck") : Task.CompletedTask;

        await kernel.OnLoop(() => disposable.DestroyAsync(default));
        await disposable.Lifecycle.Stopped;

        Assert.Equal(3, tries);
        Assert.False(await IsKnownAsync());
    }

    [Fact]
    public async Task Its_template_can_be_removed_at_once()
    {
        await kernel.OnLoop(() => disposable.DestroyAsync(default));

        var removing = kernel.OnLoop(() => kernel.Qubes.RemoveAsync(kernel.Qubes.Find("dvm"), default));
        Assert.False(removing.IsCompleted);
        killing.SetResult();
        await removing;

        Assert.False(await IsKnownAsync());
    }

    [Fact]
    public async Task What_is_on_disk_goes_before_the_state_forgets_the_qube()
    {
        kernel.World.Pools.Pools["varlibqubes"].Removing = v => kernel.Events.Add("removed " + v.Name);
        killing.SetResult();

        await kernel.OnLoop(() => disposable.DestroyAsync(default));
        await disposable.Lifecycle.Stopped;

        Assert.Equal(
            ["removed root", "removed private", "removed volatile", "/domain-delete"],
            kernel.Events.Where(e => e.StartsWith("removed", StringComparison.Ordinal) || e == "/domain-delete"));
    }

    [Fact]
    public async Task Any_other_qube_has_ended_when_the_answer_comes()
    {
        var work = (Qube)await kernel.OnLoop(() => kernel.Qubes.Find("work"));
        await kernel.OnLoop(() => work.StartAsync(default));

        var destroying = kernel.OnLoop(() => work.DestroyAsync(default));
        Assert.False(destroying.IsCompleted);
        killing.SetResult();
        await destroying;

        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => work.PowerState));
    }

    private Task<bool> IsKnownAsync() => kernel.OnLoop(() => kernel.Qubes.TryFind(disposable.Name, out _));
}
