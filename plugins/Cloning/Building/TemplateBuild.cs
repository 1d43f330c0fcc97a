using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Recipes;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>
/// Makes one memory template: a hidden disposable is booted, warmed up, sealed and frozen, and a hidden copy of it must get an identity
/// of its own before anybody else may have one. Used on the kernel loop, one at a time.
/// </summary>
internal sealed class TemplateBuild(
    HiddenQubes hidden, CloningDrivers drivers, WarmUpRecipe recipes, Warming warming, Disposal disposal, IExtensions extensions,
    TimeProvider time, ILogger<TemplateBuild> log)
{
    private static readonly TimeSpan SealLimit = TimeSpan.FromSeconds(60);

    /// <summary>Leaves the record ready, refused or failed.</summary>
    /// <param name="record">Of the disposable template.</param>
    /// <param name="missed">The key that a disposable asked for in vain; null: none did.</param>
    /// <param name="cancel">Ends it; nothing stays.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task RunAsync(TemplateRecord record, string? missed, CancellationToken cancel)
    {
        record.BeginBuild();
        var began = time.GetTimestamp();
        try
        {
            if (await MakeAsync(record, missed, cancel) is not { } made)
                return;
            await ProveAsync(record, made, cancel);
            if (record.Ready is { } old)
                await disposal.RemoveAsync(record, old, "another has taken its place");
            record.Become(made);
            ProofMarks.Set(record.Owner, made.Key);
            Log.Ready(log, record.Owner.Name, made.ShortKey, disposal.SizeOf(made) >> 20, Math.Round(time.GetElapsedTime(began).TotalSeconds, 1));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            record.CancelBuild();
            throw;
        }
        catch (QubesException) when (record.State == TemplateState.Refused)
        {
            // Put out of service, which was logged.
        }
        catch (QubesException e)
        {
            Fail(record, e.Message);
        }
        catch (Exception e)
        {
            // Whatever a driver threw: the next try may go well, and other templates have their turn.
            Log.WorkBroke(log, $"making a memory template of '{record.Owner.Name}'", e);
            Fail(record, e.GetType().Name);
        }
    }

    private void Fail(TemplateRecord record, string reason)
    {
        record.FailBuild(reason);
        Log.BuildFailed(log, record.Owner.Name, Math.Ceiling(record.Wait.TotalSeconds), reason);
    }

    /// <summary>Null: what there is is still right.</summary>
    private async Task<FrozenMachine?> MakeAsync(TemplateRecord record, string? missed, CancellationToken cancel)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var recipe = recipes.Of(record.Owner);
        var start = new OriginStart(record, recipe, drivers, aborted.Cancel);
        IQube? origin = null;
        try
        {
            await hidden.StartAsync(record.Owner, start, Take, aborted.Token);
            if (start.IsUnchanged)
            {
                record.EndUnchanged(missed == start.Key ? null : missed);
                Log.StillRight(log, record.Owner.Name, record.Ready!.ShortKey);
                return null;
            }
            await warming.WarmAsync(origin!, recipe, cancel);
            await SealAsync(origin!, cancel);
            return await FreezeAsync(record, origin!, start, cancel);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            if (start is { IsRefusedAlready: true, Key: { } same })
                record.Refuse(same, record.Reason ?? "it was refused before");
            else if (start is { Refusal: { } refusal, Key: { } key })
                await disposal.RefuseAsync(record, key, refusal);
            throw new QubeException(start.Refusal ?? start.Obstacle ?? "the machine that was to be frozen ended");
        }
        finally
        {
            if (origin is not null)
                await hidden.EndAsync(origin);
        }

        void Take(IQube made)
        {
            origin = made;
            if (CopyMaker.WhyImpossible(made) is { } obstacle)
                throw new QubeException(obstacle);
        }
    }

    private async Task SealAsync(IQube origin, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(SealLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            foreach (var agents in extensions.All<IGuestAgents>())
                await agents.SealAsync(origin, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new QubeException($"the guest's agent was not ready to be frozen within {SealLimit.TotalSeconds} s");
        }
    }

    private async Task<FrozenMachine> FreezeAsync(TemplateRecord record, IQube origin, OriginStart start, CancellationToken cancel)
    {
        var (driver, key) = (start.Driver!, start.Key!);
        if (record.Ready is { } same && same.Key == key)
            await disposal.RemoveAsync(record, same, "it cannot be copied any more");
        await disposal.ForgetAsync(driver, key);
        var volumes = CopyMaker.FrozenVolumesOf(origin).ToList();
        try
        {
            var machine = origin.Machine ?? throw new QubeException("the machine that was to be frozen ended");
            var memory = await driver.FreezeAsync(machine, key, KeepDisksAsync, cancel);
            return new FrozenMachine(driver, memory) { Disks = CopyMaker.DisksOf(origin), LastUse = time.GetUtcNow() };
        }
        catch
        {
            await disposal.ForgetAsync(driver, key);
            throw;
        }

        async Task KeepDisksAsync(CancellationToken stop)
        {
            foreach (var volume in volumes)
                await volume.Pool.Freezing!.FreezeAsync(volume, key, stop).ConfigureAwait(false);
        }
    }

    private async Task ProveAsync(TemplateRecord record, FrozenMachine made, CancellationToken cancel)
    {
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var start = new ProofStart(made, aborted.Cancel);
        IQube? copy = null;
        try
        {
            await hidden.StartAsync(record.Owner, start, q => copy = q, aborted.Token);
            if (!start.IsProven)
                throw new QubeException("the copy that was to prove it was booted");
        }
        catch (Exception e)
        {
            await disposal.ForgetAsync(made.Driver, made.Key);
            if (e is OperationCanceledException && !cancel.IsCancellationRequested && start.Refusal is { } refusal)
            {
                await disposal.RefuseAsync(record, made.Key, refusal);
                throw new QubeException(refusal);
            }
            throw;
        }
        finally
        {
            if (copy is not null)
                await hidden.EndAsync(copy);
        }
    }
}
