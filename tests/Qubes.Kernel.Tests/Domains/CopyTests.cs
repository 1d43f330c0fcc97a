using Qubes.Kernel.Domains;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Testing.Hypervisors;

namespace Qubes.Kernel.Tests.Domains;

/// <summary>Disposables that begin as copies of a frozen machine: nobody has one that took no identity.</summary>
public sealed class CopyTests : IAsyncLifetime, IDisposableCloner
{
    private readonly CopyAgents agents = new();
    private readonly List<string> told = [];
    private TestKernel kernel = null!;
    private Qube disposable = null!;
    private Func<MachineSpec, Task<CloneAnswer>> answer = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
        kernel.World.Add(agents);
        kernel.World.Add(this);
        await kernel.OnLoop(() => kernel.Qubes.Find("tmpl").Features.Set("qrexec", "1"));
        disposable = await kernel.AcquireAsync();
        answer = async spec => new CloneAnswer.Cloned(await kernel.Hypervisor.CreateAsync(spec, default));
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    Task<CloneAnswer> IDisposableCloner.TryCloneAsync(IQube disposable, MachineSpec spec, CancellationToken cancel) => answer(spec);

    void IDisposableCloner.Failed(IQube disposable, string reason) => told.Add(reason);

    void IDisposableCloner.Succeeded(IQube disposable) => told.Add("used");

    [Fact]
    public async Task A_copy_is_used_after_its_agent_took_the_qubes_identity()
    {
        agents.Identify = () =>
        {
            // Nobody is told of it before.
            Assert.DoesNotContain(kernel.Events, e => e.EndsWith("/domain-spawn", StringComparison.Ordinal));
            Assert.Equal(PowerState.Transient, disposable.PowerState);
            return Task.CompletedTask;
        };

        await StartAsync();

        Assert.Equal(new(disposable.Name, QubeClass.DispVM, "user"), agents.Identities.Single());
        Assert.Equal(["used"], told);
        Assert.Equal(PowerState.Running, await kernel.OnLoop(() => disposable.PowerState));
        Assert.Empty(agents.Booted);
        Assert.Equal(
            ["domain-pre-start", "domain-pre-spawn", "domain-spawn", "domain-pre-unpaused", "domain-unpaused", "domain-start"],
            kernel.Events.Select(e => e.Split('/')[1]).Where(e => e.StartsWith("domain-", StringComparison.Ordinal)).SkipWhile(e => e != "domain-pre-start"));
    }

    [Fact]
    public async Task A_copy_that_takes_no_identity_is_destroyed_and_the_qube_is_booted()
    {
        agents.Identify = () => throw new QubeException("entropy was not credited");
        var copy = Remembered();

        await StartAsync();

        Assert.Equal(["entropy was not credited"], told);
        Assert.Equal(MachineState.Stopped, copy().State);
        Assert.NotSame(copy(), kernel.Hypervisor.Machines.Single());
        Assert.Equal([disposable.Name], agents.Booted);
        Assert.Equal(PowerState.Running, await kernel.OnLoop(() => disposable.PowerState));
    }

    [Fact]
    public async Task An_agent_that_does_not_answer_has_thirty_seconds()
    {
        var begun = new TaskCompletionSource();
        agents.Identify = () =>
        {
            begun.SetResult();
            return new TaskCompletionSource().Task;
        };
        var start = StartAsync();
        await begun.Task;

        kernel.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(start.IsCompleted);
        kernel.Clock.Advance(TimeSpan.FromSeconds(2));
        await start;

        Assert.Contains("within 30 s", told.Single(), StringComparison.Ordinal);
        Assert.Equal([disposable.Name], agents.Booted);
    }

    [Fact]
    public async Task A_copy_that_somebody_ends_meanwhile_is_neither_used_nor_booted()
    {
        var begun = new TaskCompletionSource();
        var copy = Remembered();
        agents.Identify = async () =>
        {
            begun.SetResult();
            await copy().Ended;
            throw new QubeException("the machine ended");
        };
        var start = StartAsync();
        await begun.Task;

        await kernel.OnLoop(() => disposable.DestroyAsync(default));

        await Assert.ThrowsAsync<QubeException>(() => start);
        Assert.Empty(told);
        Assert.Empty(agents.Booted);
        Assert.Empty(kernel.Hypervisor.Machines);
        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind(disposable.Name, out _)));
    }

    [Fact]
    public async Task A_refusal_boots_with_what_was_proposed_or_with_what_the_cloner_wants()
    {
        answer = spec => Task.FromResult<CloneAnswer>(new CloneAnswer.Boot(null) { Spec = spec with { IsFreezable = true, MemoryMiB = 77 } });

        await StartAsync();

        var spec = kernel.Hypervisor.MachineOf(disposable.Name).Spec;
        Assert.True(spec.IsFreezable);
        Assert.Equal(77, spec.MemoryMiB);
        Assert.Equal(disposable.Volumes.Count, spec.Volumes.Count);
    }

    [Fact]
    public async Task A_cloner_that_fails_costs_nobody_a_disposable()
    {
        answer = _ => throw new InvalidOperationException("a fault of the plugin");

        await StartAsync();

        Assert.Equal([disposable.Name], agents.Booted);
    }

    [Fact]
    public async Task Only_disposables_with_an_agent_are_copied()
    {
        var asked = 0;
        answer = _ =>
        {
            asked++;
            return Task.FromResult<CloneAnswer>(new CloneAnswer.Boot(null));
        };
        await kernel.OnLoop(() => kernel.Qubes.Find("work").StartAsync(default));
        await kernel.OnLoop(() => kernel.Qubes.Find("tmpl").Features.Remove("qrexec"));

        await StartAsync();

        Assert.Equal(0, asked);
    }

    private Task StartAsync()
    {
        kernel.Events.Clear();
        return kernel.OnLoop(() => disposable.StartAsync(default));
    }

    private Func<SimulatedMachine> Remembered()
    {
        SimulatedMachine? copy = null;
        answer = async spec => new CloneAnswer.Cloned(copy = (SimulatedMachine)await kernel.Hypervisor.CreateAsync(spec, default));
        return () => copy!;
    }

    private sealed class CopyAgents : IGuestAgents
    {
        public Func<Task> Identify { get; set; } = () => Task.CompletedTask;

        public List<GuestIdentity> Identities { get; } = [];

        public List<string> Booted { get; } = [];

        private readonly HashSet<IQube> connected = [];

        public Task ConnectAsync(IQube qube, CancellationToken cancel)
        {
            Booted.Add(qube.Name);
            connected.Add(qube);
            return Task.CompletedTask;
        }

        public async Task ConnectCloneAsync(IQube qube, GuestIdentity identity, CancellationToken cancel)
        {
            await Identify().WaitAsync(cancel);
            Identities.Add(identity);
            connected.Add(qube);
        }

        public bool IsConnected(IQube qube) => connected.Contains(qube);

        public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel) => Task.FromResult(false);

        public void SetClock(IQube qube, DateTimeOffset time)
        {
        }
    }
}
