using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Keys;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>
/// The start of the disposable that is to be frozen: booted as nobody in particular. Where what there is already has its key, it begins
/// as a copy of that instead, which tells that it is still right.
/// </summary>
/// <param name="record">Of the disposable template.</param>
/// <param name="recipe">What warms it up.</param>
/// <param name="drivers">Finds who can freeze such a machine.</param>
/// <param name="abort">Ends the start.</param>
internal sealed class OriginStart(TemplateRecord record, IReadOnlyList<string> recipe, CloningDrivers drivers, Action abort) : IStartOfHidden
{
    /// <summary>The key, once it has started.</summary>
    public string? Key { get; private set; }

    /// <summary>Which machines are frozen with.</summary>
    public ICloningDriver? Driver { get; private set; }

    /// <summary>The memory template that there is already has the key.</summary>
    public bool IsUnchanged { get; private set; }

    /// <summary>What the memory template that there is did wrong; null: nothing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Its key is out of service, and what it is made from is as it was.</summary>
    public bool IsRefusedAlready { get; private set; }

    /// <summary>What keeps it from being frozen; null: nothing so far.</summary>
    public string? Obstacle { get; private set; }

    public async Task<CloneAnswer> StartAsync(IQube hidden, MachineSpec spec, CancellationToken cancel)
    {
        try
        {
            Driver = drivers.For(spec) ?? throw new QubeException("its hypervisor cannot copy machines");
            Key = await ContentKey.OfAsync(Driver, hidden, spec, recipe, cancel);
            IsRefusedAlready = Key == record.RefusedKey;
            if (IsRefusedAlready)
                throw new QubeException($"it is out of service: {record.Reason}");
        }
        catch (QubesException e)
        {
            Obstacle = e.Message;
            abort();
            return new CloneAnswer.Boot(Reason: null);
        }
        return record.Ready is { } ready && ready.Key == Key && await TryCopyAsync(ready, hidden, spec, cancel) is { } copy
            ? new CloneAnswer.Cloned(copy)
            : new CloneAnswer.Boot(Reason: null) { Spec = ContentKey.Neutral(spec) };
    }

    public void Failed(string reason)
    {
        Refusal = reason;
        abort();
    }

    public void Succeeded() => IsUnchanged = true;

    // What cannot be copied any more, for whatever reason, is made anew.
    private async Task<IMachine?> TryCopyAsync(FrozenMachine ready, IQube hidden, MachineSpec spec, CancellationToken cancel)
    {
        try
        {
            ready.Disks ??= CopyMaker.DisksOf(hidden);
            return await CopyMaker.CopyAsync(ready, hidden, spec, CloneChoice.MemoryOf(record.Owner), isUrgent: false, cancel);
        }
        catch (QubesException e)
        {
            record.FailCopy(e.Message);
            return null;
        }
    }
}
