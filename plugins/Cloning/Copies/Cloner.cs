using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Building;
using Qubes.Plugins.Cloning.Keys;
using Qubes.Plugins.Cloning.Recipes;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Copies;

/// <summary>Starts disposables as copies where that is wanted and possible, and says why where it is not.</summary>
internal sealed class Cloner(
    TemplateRecords records, HiddenQubes hidden, CloningDrivers drivers, WarmUpRecipe recipes, Reserves reserves, BuildQueue builds,
    Disposal disposal, BackgroundWork background, IExtensions extensions, ILogger<Cloner> log) : IDisposableCloner
{
    private static readonly CloneAnswer Silent = new CloneAnswer.Boot(Reason: null);

    private readonly Dictionary<IQube, (TemplateRecord Record, FrozenMachine Frozen)> unaccepted = [];
    private readonly HashSet<IQube> refusedByOwner = [];

    public async Task<CloneAnswer> TryCloneAsync(IQube disposable, MachineSpec spec, CancellationToken cancel)
    {
        if (hidden.TryFind(disposable, out var start))
            return await start.StartAsync(disposable, spec, cancel);
        builds.Touch();
        if (disposable.Template is not { } template || IsRefused(template) || drivers.For(spec) is not { } driver)
            return Silent;
        var isPreload = extensions.All<IPreloads>().Any(p => p.IsPreload(disposable));
        if (isPreload && CloneChoice.IsRefusedForPreloads(template))
            return Silent;
        if (CopyMaker.WhyImpossible(disposable) is { } obstacle)
            return new CloneAnswer.Boot(obstacle);
        var record = records.Of(template);
        record.IsInUse = true;
        try
        {
            var key = await ContentKey.OfAsync(driver, disposable, spec, recipes.Of(template), cancel);
            return record.Has(key) ? await CopyAsync(record, disposable, spec, !isPreload, cancel) : Miss(record, key);
        }
        catch (QubesException e)
        {
            return new CloneAnswer.Boot(e.Message);
        }
    }

    public void Failed(IQube disposable, string reason)
    {
        if (hidden.TryFind(disposable, out var start))
        {
            start.Failed(reason);
            return;
        }
        if (!unaccepted.Remove(disposable, out var copy))
            return;
        // Whatever it was, a sibling might be worse off: nobody gets another one of these.
        copy.Record.FailCopy(reason);
        if (copy.Record.Ready != copy.Frozen)
            return;
        ProofMarks.Clear(copy.Record.Owner); // at once: the next daemon does not use it either, whatever becomes of this one
        background.Start("putting a memory template out of service", _ => disposal.RefuseAsync(copy.Record, copy.Frozen.Key, reason));
    }

    public void Succeeded(IQube disposable)
    {
        if (hidden.TryFind(disposable, out var start))
        {
            start.Succeeded();
            return;
        }
        if (!unaccepted.Remove(disposable, out var copy))
            return;
        copy.Record.Succeed();
        reserves.Replace(copy.Record);
    }

    /// <summary>A qube is gone, whatever became of its start.</summary>
    public void Forget(IQube qube)
    {
        unaccepted.Remove(qube);
        refusedByOwner.Remove(qube);
    }

    private bool IsRefused(IQube template)
    {
        if (!CloneChoice.IsRefused(template))
        {
            refusedByOwner.Remove(template);
            return false;
        }
        if (refusedByOwner.Add(template))
            Log.RefusedByOwner(log, template.Name);
        return true;
    }

    private CloneAnswer.Boot Miss(TemplateRecord record, string key)
    {
        var why = record.WhyNot;
        if (record.Miss(key))
            builds.Want(record, "a disposable of it was booted", key);
        return new CloneAnswer.Boot(why);
    }

    private async Task<CloneAnswer> CopyAsync(
        TemplateRecord record, IQube disposable, MachineSpec spec, bool isUrgent, CancellationToken cancel)
    {
        record.Hit();
        var frozen = record.Ready!;
        frozen.Disks ??= CopyMaker.DisksOf(disposable);
        try
        {
            var machine = await CopyMaker.CopyAsync(frozen, disposable, spec, CloneChoice.MemoryOf(record.Owner), isUrgent, cancel);
            unaccepted[disposable] = (record, frozen);
            return new CloneAnswer.Cloned(machine);
        }
        catch (QubesException e)
        {
            var isEnough = record.FailCopy(e.Message);
            if (record.Ready == frozen && !frozen.Exists)
            {
                await disposal.RemoveAsync(record, frozen, "the hypervisor driver has lost it");
                builds.Want(record, "it was lost", missed: null);
            }
            else if (isEnough && record.Ready == frozen)
            {
                await disposal.RefuseAsync(record, frozen.Key, $"copies failed again and again: {e.Message}");
            }
            return new CloneAnswer.Boot($"the copy failed: {e.Message}");
        }
    }
}
