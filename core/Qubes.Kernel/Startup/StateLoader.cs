using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Volumes;
using Qubes.Kernel.Domains.Properties;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Startup;

/// <summary>Builds the domain model from what the store holds. Nothing is fired: nobody has subscribed yet.</summary>
internal sealed class StateLoader(QubeRegistry qubes, KernelContext context)
{
    public void Load(StoredState state)
    {
        if (state.Qubes.Count == 0)
        {
            new InitialState(qubes, context).Create();
            return;
        }
        foreach (var pool in state.Pools)
            qubes.Storage.Restore(new PoolConfiguration(pool.Name, pool.Driver, pool.Options));
        foreach (var label in state.Labels)
            qubes.RestoreLabel(new Label(label.Index, label.Name, label.Color));
        foreach (var stored in state.Qubes.Where(q => q.Qid != qubes.AdminVm.Qid))
            qubes.Attach(Shell(stored, state));
        // References and snapshots name other qubes, so every qube exists before the first is filled.
        var all = qubes.Machines.Append(qubes.AdminVm).ToDictionary(q => q.Qid);
        foreach (var qube in all.Values)
            Fill(qube, state);
        foreach (var (name, text) in state.SystemProperties)
            Restore(qubes.System, name, text, "the system");
        foreach (var qube in all.Values)
            qube.Volumes = [.. state.Volumes[qube.Qid].Where(v => v.SourceQid is null).Select(v => Origin(qube, v))];
        foreach (var qube in all.Values)
            qube.Volumes = [.. state.Volumes[qube.Qid].Select(v => Loaded(qube, v, all))];
    }

    private Qube Shell(StoredQube stored, StoredState state)
    {
        if (!Enum.TryParse<QubeClass>(stored.Class, out var @class))
            throw new QubesException($"The state names qube '{stored.Name}' of unknown class '{stored.Class}'");
        var dispid = state.Properties[stored.Qid].FirstOrDefault(p => p.Name == QubeProperties.Dispid.Name).Value;
        return new Qube(qubes, context, @class, stored.Name, stored.Qid, stored.Uuid) { Dispid = dispid is null ? 0 : int.Parse(dispid) };
    }

    private void Fill(Qube qube, StoredState state)
    {
        foreach (var property in state.Properties[qube.Qid].Where(p => p.Name != QubeProperties.Dispid.Name))
            Restore(qube.Properties, property.Name, property.Value, $"'{qube.Name}'");
        foreach (var feature in state.Features[qube.Qid])
            qube.Features.Restore(feature.Name, feature.Value);
        foreach (var tag in state.Tags[qube.Qid])
            qube.Tags.Restore(tag);
        QubeDocuments.Restore(qube, state.Documents[qube.Qid]);
    }

    private void Restore<TOwner>(PropertyBag<TOwner> bag, string name, string? text, string owner)
    {
        if (!bag.Declares(name))
            throw new QubesException($"The state has a property '{name}' of {owner} that this version does not know");
        var value = text is null ? null : PropertyValues.Parse(name, bag.Find(name).Type, text, qubes);
        bag.Restore(name, value, alreadyStored: true);
    }

    private Volume Origin(Qube qube, StoredVolume stored) => Make(qube, stored, source: null);

    private Volume Loaded(Qube qube, StoredVolume stored, Dictionary<int, Qube> all)
    {
        if (stored.SourceQid is not { } owner)
            return qube.Volumes.First(v => v.Name == stored.Name);
        var source = all.GetValueOrDefault(owner)?.Volumes.FirstOrDefault(v => v.Name == stored.SourceVolume)
            ?? throw new QubesException($"The state's volume '{stored.Name}' of '{qube.Name}' is a snapshot of one that does not exist");
        return Make(qube, stored, source);
    }

    private Volume Make(Qube qube, StoredVolume stored, Volume? source) => qubes.Watch(qube, new Volume
    {
        Name = stored.Name,
        Owner = qube,
        Pool = qubes.Storage.Find(stored.Pool),
        Vid = stored.Vid,
        Size = stored.Size,
        IsWritable = stored.Writable,
        SnapOnStart = stored.SnapOnStart,
        SaveOnStop = stored.SaveOnStop,
        Source = source,
        FollowedVid = VolumeLayout.FollowedVid(qube, stored.Name),
        OwnRevisionsToKeep = stored.RevisionsToKeep,
        OwnEphemeral = stored.Ephemeral,
    });
}
