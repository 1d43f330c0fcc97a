using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>A qube as it was; what is done to it is done to the qube itself a moment later.</summary>
internal sealed class QubeCopy(IQube qube, ScriptOrders orders, IReadOnlyDictionary<string, string> hostFeatures) : IQube
{
    private CopiedProperties? properties;

    public string Name { get; } = qube.Name;

    public int Qid { get; } = qube.Qid;

    public Guid Uuid { get; } = qube.Uuid;

    public QubeClass Class { get; } = qube.Class;

    public PowerState PowerState { get; } = qube.PowerState;

    public IQube? Template { get; private set; }

    /// <summary>Where its network is from.</summary>
    public IQube? Netvm { get; private set; }

    public IFeatures Features => field ??= new CopiedFeatures(this, qubeFeatures, hostFeatures);

    public ITags Tags => field ??= new CopiedTags(this, qubeTags);

    public IProperties Properties => properties
        ?? throw new QubesException($"A script has the properties of the qube that it is called about, not those of '{Name}' beside it");

    /// <summary>Whether it was made with its properties.</summary>
    public bool HasProperties => properties is not null;

    public string Notes
    {
        get => notes;
        set => Order("setting its notes", q => q.Notes = value);
    }

    public IReadOnlyList<FirewallRule> Firewall
    {
        get => firewall;
        set => Order("setting its firewall rules", q => q.Firewall = value);
    }

    public IReadOnlyList<Volume> Volumes => throw Absent("volumes");

    public IMachine? Machine => throw Absent("machine");

    private readonly int? machine = qube.Machine?.Id;
    private readonly Dictionary<string, string> qubeFeatures = qube.Features.ToDictionary(StringComparer.Ordinal);
    private readonly HashSet<string> qubeTags = [.. qube.Tags];
    private readonly string notes = qube.Notes;
    private readonly IReadOnlyList<FirewallRule> firewall = qube.Firewall;

    public Task StartAsync(CancellationToken cancel) => Order("starting it", q => q.StartAsync(CancellationToken.None));

    public Task ShutdownAsync(bool force, bool wait, CancellationToken cancel) =>
        Order("shutting it down", q => q.ShutdownAsync(force, wait, CancellationToken.None));

    public Task KillAsync(CancellationToken cancel) => Order("ending it", q => q.KillAsync(CancellationToken.None));

    public Task DestroyAsync(CancellationToken cancel) => Order("ending it", q => q.DestroyAsync(CancellationToken.None));

    public Task PauseAsync(CancellationToken cancel) => Order("pausing it", q => q.PauseAsync(CancellationToken.None));

    public Task UnpauseAsync(CancellationToken cancel) => Order("letting it run on", q => q.UnpauseAsync(CancellationToken.None));

    public override string ToString() => Name;

    /// <summary>Whether the qube's machine is what it was: that is no part of what the store counts.</summary>
    public bool RunsAs(IQube original) => original.PowerState == PowerState && original.Machine?.Id == machine;

    /// <summary>Has something done to the qube itself.</summary>
    public Task Order(string what, Func<IQube, Task> order) => orders.Give(Name, Uuid, what, order);

    /// <inheritdoc cref="Order(string, Func{IQube, Task})"/>
    public void Order(string what, Action<IQube> order) => orders.Give(Name, Uuid, what, q =>
    {
        order(q);
        return Task.CompletedTask;
    });

    /// <summary>What others are needed for, once it is known itself: they may refer back to it.</summary>
    public void Fill(IQube original, QubeCopies copies, int depth)
    {
        Template = copies.Below(original.Template, depth + 1);
        if (original.Class != QubeClass.AdminVM && original.Properties.Declared.Any(p => p.Name == QubeProperties.Netvm.Name))
            Netvm = copies.Below(original.Properties.Get(QubeProperties.Netvm), depth + 1);
        if (depth == 0)
            properties = new CopiedProperties(this, original.Properties, copies);
    }

    private QubesException Absent(string what) => new($"A script has a copy of '{Name}', which has no {what}");
}
