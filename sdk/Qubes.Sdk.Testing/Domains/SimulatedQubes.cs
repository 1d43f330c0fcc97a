using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>Qubes in memory: <c>dom0</c> and what a test adds. There are the built-in labels, and no pools.</summary>
public sealed class SimulatedQubes : IQubes
{
    private readonly List<SimulatedQube> qubes = [];
    private int lastQid;

    /// <param name="events">Where the events of the qubes are fired.</param>
    public SimulatedQubes(IEventBus events)
    {
        Events = events;
        AdminVm = new SimulatedQube(this, "dom0", 0, QubeClass.AdminVM, template: null) { PowerState = PowerState.Running };
        qubes.Add((SimulatedQube)AdminVm);
        System = new SimulatedProperties(owner: null, this);
    }

    /// <inheritdoc/>
    public IQube AdminVm { get; }

    /// <summary>As a qube's: any may be set, and what was not is the type's own default.</summary>
    public IProperties System { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Label> Labels { get; } =
    [
        new(1, "red", "0xcc0000"), new(2, "orange", "0xf57900"), new(3, "yellow", "0xedd400"), new(4, "green", "0x73d216"),
        new(5, "gray", "0x555753"), new(6, "blue", "0x3465a4"), new(7, "purple", "0x75507b"), new(8, "black", "0x000000"),
    ];

    /// <summary>None.</summary>
    public IReadOnlyList<IStoragePool> Pools => [];

    /// <inheritdoc/>
    public int Count => qubes.Count;

    internal IEventBus Events { get; }

    /// <summary>Adds a halted qube, and fires what the daemon fires.</summary>
    /// <exception cref="QubesException">The name is malformed or taken.</exception>
    public SimulatedQube Add(string name, QubeClass @class = QubeClass.AppVM, IQube? template = null)
    {
        QubeNames.Require(name);
        if (TryFind(name, out _))
            throw new QubeExistsException($"There is a qube named '{name}' already");
        var qube = new SimulatedQube(this, name, ++lastQid, @class, template);
        qubes.Add(qube);
        Events.Fire(new QubeAdded(qube));
        return qube;
    }

    /// <inheritdoc/>
    public bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IQube? qube)
    {
        qube = qubes.Find(q => q.Name == nameOrUuid || $"uuid:{q.Uuid}" == nameOrUuid);
        return qube is not null;
    }

    /// <inheritdoc/>
    public IQube Find(string nameOrUuid) =>
        TryFind(nameOrUuid, out var qube) ? qube : throw new QubeNotFoundException($"There is no qube '{nameOrUuid}'");

    /// <inheritdoc/>
    public Task<IQube> CreateAsync(QubeRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.FromResult<IQube>(Add(request.Name, request.Class, request.Template));
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(IQube qube, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(qube);
        if (qube.PowerState != PowerState.Halted)
            throw new QubeNotHaltedException($"'{qube.Name}' is not halted");
        await Events.FireAsync(new QubeRemoving(qube), cancel);
        qubes.Remove((SimulatedQube)qube);
        Events.Fire(new QubeRemoved(qube));
    }

    /// <inheritdoc/>
    public IEnumerator<IQube> GetEnumerator() => qubes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public Label AddLabel(string name, string color) => throw NotHere("labels");

    /// <inheritdoc/>
    public void RemoveLabel(Label label) => throw NotHere("labels");

    /// <inheritdoc/>
    public Task<IStoragePool> AddPoolAsync(PoolConfiguration configuration, CancellationToken cancel) => throw NotHere("pools");

    /// <inheritdoc/>
    public Task RemovePoolAsync(IStoragePool pool, CancellationToken cancel) => throw NotHere("pools");

    /// <inheritdoc/>
    public void SetPoolOption(IStoragePool pool, string name, string value) => throw NotHere("pools");

    private static NotSupportedException NotHere(string what) => new($"simulated qubes have no {what} that change");
}
