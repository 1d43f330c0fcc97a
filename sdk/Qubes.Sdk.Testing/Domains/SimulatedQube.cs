using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>A qube without a machine: its states and events are those of a real one, and nothing runs. Made by <see cref="SimulatedQubes"/>.</summary>
public sealed class SimulatedQube : IQube
{
    private readonly SimulatedQubes world;

    internal SimulatedQube(SimulatedQubes world, string name, int qid, QubeClass @class, IQube? template)
    {
        this.world = world;
        (Name, Qid, Class, Template) = (name, qid, @class, template);
        Uuid = qid == 0 ? Guid.Empty : new Guid(qid, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 0]);
        Properties = new SimulatedProperties(this, world);
        Features = new SimulatedFeatures(this, world);
        Tags = new SimulatedTags(this, world);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Qid { get; }

    /// <inheritdoc/>
    public Guid Uuid { get; }

    /// <inheritdoc/>
    public QubeClass Class { get; }

    /// <summary>Properties that know no declarations: any may be set, and what was not is the type's own default.</summary>
    public IProperties Properties { get; }

    /// <inheritdoc/>
    public IFeatures Features { get; }

    /// <inheritdoc/>
    public ITags Tags { get; }

    /// <inheritdoc/>
    public string Notes { get; set; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<FirewallRule> Firewall { get; set; } = [];

    /// <summary>None.</summary>
    public IReadOnlyList<Volume> Volumes => [];

    /// <inheritdoc/>
    public IQube? Template { get; }

    /// <summary>What the operations made of it; a test may set any.</summary>
    public PowerState PowerState { get; set; }

    /// <summary>Null, unless a test sets one, as of a <c>SimulatedHypervisor</c>.</summary>
    public IMachine? Machine { get; set; }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancel)
    {
        if (PowerState != PowerState.Halted)
            return;
        var run = new Guid(Qid, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 1]);
        await world.Events.FireAsync(new QubeStarting(this, run, Properties.Get(QubeProperties.Memory)), cancel);
        PowerState = PowerState.Transient;
        await world.Events.FireAsync(new QubeSpawning(this, run), cancel);
        await world.Events.FireAsync(new QubeSpawned(this, run), cancel);
        await world.Events.FireAsync(new QubeUnpausing(this), cancel);
        PowerState = PowerState.Running;
        await world.Events.FireAsync(new QubeUnpaused(this), cancel);
        await world.Events.FireAsync(new QubeStarted(this, run), cancel);
    }

    /// <inheritdoc/>
    public async Task ShutdownAsync(bool force, bool wait, CancellationToken cancel)
    {
        RequireStarted();
        await world.Events.FireAsync(new QubeShuttingDown(this, force), cancel);
        await EndAsync(cancel);
    }

    /// <inheritdoc/>
    public Task KillAsync(CancellationToken cancel)
    {
        RequireStarted();
        return EndAsync(cancel);
    }

    /// <inheritdoc/>
    public async Task PauseAsync(CancellationToken cancel)
    {
        if (PowerState != PowerState.Running)
            throw new QubeNotRunningException($"'{Name}' is not running");
        await world.Events.FireAsync(new QubePausing(this), cancel);
        PowerState = PowerState.Paused;
        world.Events.Fire(new QubePaused(this));
    }

    /// <inheritdoc/>
    public async Task UnpauseAsync(CancellationToken cancel)
    {
        if (PowerState != PowerState.Paused)
            throw new QubeNotPausedException($"'{Name}' is not paused");
        await world.Events.FireAsync(new QubeUnpausing(this), cancel);
        PowerState = PowerState.Running;
        await world.Events.FireAsync(new QubeUnpaused(this), cancel);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private void RequireStarted()
    {
        if (PowerState == PowerState.Halted)
            throw new QubeNotStartedException($"'{Name}' is halted");
    }

    private async Task EndAsync(CancellationToken cancel)
    {
        PowerState = PowerState.Halted;
        await world.Events.FireAsync(new QubeStopped(this), cancel);
        await world.Events.FireAsync(new QubeShutdown(this), cancel);
        if (Class == QubeClass.DispVM)
            await world.RemoveAsync(this, cancel);
    }
}
