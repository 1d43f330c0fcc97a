using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Cloning;

/// <summary>
/// Makes a qube that is a copy of another, in the order of the spec (Admin API, section 8.1): read properties and volumes,
/// create, copy
/// properties, tags, features, notes and firewall rules, then the content of volumes, then device assignments. When anything
/// fails
/// the new qube is removed.
/// </summary>
internal sealed class QubeCloner(Session session, ClonePlan plan)
{
    private readonly QubeVolumes from = new(session, plan.Source);
    private readonly QubeVolumes to = new(session, plan.Name);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var source = await QubeList.FetchOneAsync(session, plan.Source, cancellation);
        var properties = await new PropertyHolder(session, plan.Source).GetAllAsync(cancellation);
        var kept = await KeptVolumesAsync(cancellation);
        await CreateAsync(plan.Class ?? source.Class, properties, kept, cancellation);
        try
        {
            await new MetadataCopy(session, plan).RunAsync(properties, cancellation);
            await CopyVolumesAsync(cancellation);
            if (plan.CopyDevices)
                await new MetadataCopy(session, plan).CopyDevicesAsync(cancellation);
        }
        catch
        {
            await UnfinishedQube.RemoveAsync(session, plan.Name);
            throw;
        }
    }

    private async Task<Dictionary<string, VolumeInfo>> KeptVolumesAsync(CancellationToken cancellation)
    {
        var kept = new Dictionary<string, VolumeInfo>(StringComparer.Ordinal);
        foreach (var name in await from.ListAsync(cancellation))
        {
            if (await from.InfoAsync(name, cancellation) is { SaveOnStop: true } info)
                kept[name] = info;
        }

        return kept;
    }

    private async Task CreateAsync(
        string className, IReadOnlyDictionary<string, PropertyValue> properties, Dictionary<string, VolumeInfo> kept,
        CancellationToken cancellation)
    {
        var label = plan.Label ?? properties.GetValueOrDefault("label")?.Text
            ?? throw new ToolException($"'{plan.Source}' has no label to take over");
        var template = className is "AppVM" or "DispVM" ? properties.GetValueOrDefault("template")?.Text ?? "" : "";
        var pools = plan.Pool is { } one ? $" pool={one}" : string.Concat(Pools(kept).Select(pool => $" pool:{pool.Key}={pool.Value}"));
        await session.Admin.CallSystemAsync(
            (pools.Length > 0 ? "admin.vm.CreateInPool." : "admin.vm.Create.") + className,
            template, $"name={plan.Name} label={label}{pools}", cancellation);
    }

    private IEnumerable<KeyValuePair<string, string>> Pools(Dictionary<string, VolumeInfo> kept) =>
        plan.Pools.Concat(kept.Where(volume => !plan.Pools.ContainsKey(volume.Key))
            .Select(volume => KeyValuePair.Create(volume.Key, volume.Value.Pool)));

    /// <summary>What the new qube keeps, it gets from the source's volume of that name.</summary>
    private async Task CopyVolumesAsync(CancellationToken cancellation)
    {
        var available = await from.ListAsync(cancellation);
        foreach (var name in await to.ListAsync(cancellation))
        {
            if (!plan.OmittedVolumes.Contains(name) && available.Contains(name)
                && (await to.InfoAsync(name, cancellation)).SaveOnStop)
                await to.CloneFromAsync(from, name, cancellation);
        }
    }
}
