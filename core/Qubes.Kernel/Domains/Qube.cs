using Microsoft.Extensions.Logging;
using Qubes.Kernel.Domains.Declarations;
using Qubes.Kernel.Domains.Lifecycle;
using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains;

/// <summary>A qube: identity, settings and volumes here; what its machine does in <see cref="QubeLifecycle"/>.</summary>
internal sealed class Qube : IQube
{
    private readonly QubeLifecycle lifecycle;
    private readonly KernelContext context;

    private string notes = "";
    private IReadOnlyList<FirewallRule> firewall = [FirewallRule.AcceptAll];

    public Qube(QubeRegistry qubes, KernelContext context, QubeClass @class, string name, int qid, Guid uuid)
    {
        Qubes = qubes;
        this.context = context;
        Class = @class;
        Name = name;
        Qid = qid;
        Uuid = uuid;
        Features = new FeatureMap(this, context.Events, context.State);
        Tags = new TagSet(this, context.Events, context.State);
        Properties = new PropertyBag<Qube>(
            this, name, this, QubeDeclarations.For(@class), qubes, context.Events, new QubePropertyStore(this, context.State));
        lifecycle = new QubeLifecycle(this, context, context.Logs.CreateLogger<QubeLifecycle>());
    }

    public QubeRegistry Qubes { get; }

    public string Name { get; }

    public int Qid { get; }

    public Guid Uuid { get; }

    public QubeClass Class { get; }

    public FeatureMap Features { get; }

    public TagSet Tags { get; }

    public PropertyBag<Qube> Properties { get; }

    public IReadOnlyList<Volume> Volumes { get; set; } = [];

    public QubeLifecycle Lifecycle => lifecycle;

    public Qube? Template => Properties.Declares("template") ? (Qube?)Properties.Get(QubeProperties.Template) : null;

    /// <summary>Whether the class has the property: the host and remote qubes have no network here.</summary>
    public bool HasNetvm => Class is not (QubeClass.AdminVM or QubeClass.RemoteVM);

    public string Notes
    {
        get => notes;
        set
        {
            QubeDocuments.RequireNotes(value);
            notes = value;
            QubeDocuments.KeepNotes(context.State, this);
        }
    }

    public IReadOnlyList<FirewallRule> Firewall
    {
        get => firewall;
        set
        {
            firewall = [.. value];
            QubeDocuments.KeepFirewall(context.State, this);
            context.Events.Fire(new FirewallChanged(this));
        }
    }

    public PowerState PowerState => lifecycle.PowerState;

    public IMachine? Machine => lifecycle.Machine;

    public bool IsHalted => PowerState == PowerState.Halted;

    /// <summary>The disposable's number; 0 for other classes.</summary>
    public int Dispid { get; init; }

    /// <summary>A plugin made the disposable ahead of time, and nobody has it yet.</summary>
    public bool IsPreload => Class == QubeClass.DispVM && context.Extensions.All<IPreloads>().Any(p => p.IsPreload(this));

    /// <summary>Nobody has the disposable and nobody will, or only later: it is spared by the rules about qubes in use.</summary>
    public bool IsNobodys => Class == QubeClass.DispVM
        && (lifecycle.IsEnding || context.Extensions.All<IUnclaimedQubes>().Any(p => p.IsNobodys(this)));

    IProperties IQube.Properties => Properties;

    IFeatures IQube.Features => Features;

    ITags IQube.Tags => Tags;

    IQube? IQube.Template => Template;

    public Task StartAsync(CancellationToken cancel) => lifecycle.StartAsync(cancel);

    public Task ShutdownAsync(bool force, bool wait, CancellationToken cancel) => lifecycle.ShutdownAsync(force, wait, cancel);

    public Task KillAsync(CancellationToken cancel) => lifecycle.KillAsync(cancel);

    public Task DestroyAsync(CancellationToken cancel) => lifecycle.DestroyAsync(cancel);

    public Task PauseAsync(CancellationToken cancel) => lifecycle.PauseAsync(cancel);

    public Task UnpauseAsync(CancellationToken cancel) => lifecycle.UnpauseAsync(cancel);

    /// <summary>Puts stored notes and rules in place, without events.</summary>
    public void Restore(string storedNotes, IReadOnlyList<FirewallRule> storedRules) => (notes, firewall) = (storedNotes, storedRules);

    public override string ToString() => Name;
}
