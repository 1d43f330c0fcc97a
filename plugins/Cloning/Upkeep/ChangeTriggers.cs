using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Upkeep;

/// <summary>
/// Something changed that a memory template may be made from. What no event tells is found when the next disposable asks: its key
/// decides, and an event only has the new one made before that.
/// </summary>
internal sealed class ChangeTriggers(TemplateRecords records, BuildQueue builds, Disposal disposal, Cloner cloner, BackgroundWork background)
{
    private static readonly HashSet<string> Properties =
        ["memory", "maxmem", "vcpus", "kernel", "kernelopts", "default_user", "debug", "template", "netvm", "template_for_dispvms", "virt_mode"];

    private static readonly HashSet<string> Features =
        [CloneFeatures.Clone, CloneFeatures.Recipe, CloneFeatures.WarmUp, "supported-rpc.qubes.WarmUp", "qrexec"];

    public void OnSet(PropertySet e) => OnProperty(e.Subject, e.Name);

    public void OnReset(PropertyReset e) => OnProperty(e.Subject, e.Name);

    public void OnFeatureSet(FeatureSet e) => OnFeature(e.Qube, e.Feature);

    public void OnFeatureDeleted(FeatureDeleted e) => OnFeature(e.Qube, e.Feature);

    /// <summary>Its volumes were committed.</summary>
    public void OnShutdown(QubeShutdown e) => Change(e.Qube, "volumes were committed");

    public void OnImported(VolumeImported e) => Change(e.Qube, "a volume was replaced");

    public void OnImportEnded(VolumeImportEnded e) => Change(e.Qube, "a volume was replaced");

    /// <summary>A disposable runs: whoever wanted it is served, and the wait begins only now.</summary>
    public void OnStarted(QubeStarted e)
    {
        if (e.Qube.Class == QubeClass.DispVM)
            builds.Touch();
    }

    public Task OnRemovingAsync(QubeRemoving e, CancellationToken cancel) =>
        records.TryFind(e.Qube, out var record) ? DropAsync(record, "its disposable template is removed") : Task.CompletedTask;

    public void OnRemoved(QubeRemoved e)
    {
        cloner.Forget(e.Qube);
        records.Forget(e.Qube);
    }

    private void OnProperty(IQube? subject, string name)
    {
        if (subject is null && name == SystemProperties.DefaultKernel.Name)
            Change(records.All, "the system's default kernel changed");
        else if (subject is not null && Properties.Contains(name))
            Change(subject, $"its property {name} changed");
    }

    private void OnFeature(IQube qube, string feature)
    {
        if (Features.Contains(feature))
            Change(qube, $"its feature {feature} changed");
    }

    private void Change(IQube @base, string reason) =>
        Change(records.All.Where(r => r.Owner == @base || r.Owner.Template == @base), reason);

    private void Change(IEnumerable<TemplateRecord> changed, string reason)
    {
        foreach (var record in changed.ToList())
        {
            var wasBuilding = builds.CallOff(record, reason);
            record.Retry();
            if (CloneChoice.IsRefused(record.Owner) || !CloneChoice.AllowsDisposables(record.Owner))
                background.Start($"giving up the memory template of '{record.Owner.Name}'", _ => DropAsync(record, reason));
            else if (wasBuilding || record is { IsInUse: true })
                builds.Want(record, reason, missed: null);
        }
    }

    private async Task DropAsync(TemplateRecord record, string reason)
    {
        await builds.ForgetAsync(record);
        if (record.Ready is { } ready)
            await disposal.RemoveAsync(record, ready, reason);
    }
}
