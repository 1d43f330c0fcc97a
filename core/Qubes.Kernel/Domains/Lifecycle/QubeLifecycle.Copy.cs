using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

/// <content>
/// A disposable that begins as a copy of a frozen machine. It starts with every secret of its siblings, so nobody is told of it and
/// nothing may run in it before its agent has said that it took an identity of its own (design, section 5). Until then this file
/// alone answers for the machine; what goes wrong ends it, and the disposable is booted instead.
/// </content>
internal sealed partial class QubeLifecycle
{
    // Many copies that begin at the same time have few processors between them; an agent that is not there is not worth more.
    private static readonly TimeSpan IdentityLimit = TimeSpan.FromSeconds(30);

    // Somebody ended a copy that had no identity yet: then it is not to be booted either.
    private bool isEndAsked;

    /// <summary>Null: it runs as a copy. Otherwise what it is to be booted with.</summary>
    private async Task<MachineSpec?> StartAsCopyAsync(Guid run, MachineSpec spec, CancellationToken cancel)
    {
        // Without an agent nobody could give it an identity.
        if (qube.Class != QubeClass.DispVM || !ExpectsAgent || Agents.Count == 0)
            return spec;
        foreach (var cloner in context.Extensions.All<IDisposableCloner>())
        {
            switch (await AskAsync(cloner, spec, cancel))
            {
                case CloneAnswer.Cloned(var machine):
                    if (await IsUsableAsync(cloner, machine, run, cancel))
                        return null;
                    break;
                case CloneAnswer.Boot { Spec: { } changed }:
                    return changed;
                case CloneAnswer.Boot { Reason: { } reason }:
                    Log.NotCopied(log, qube.Name, reason);
                    break;
                default:
                    break; // it has nothing to say
            }
        }
        return spec;
    }

    private async Task<CloneAnswer> AskAsync(IDisposableCloner cloner, MachineSpec spec, CancellationToken cancel)
    {
        try
        {
            return await cloner.TryCloneAsync(qube, spec, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Log.ClonerFailed(log, qube.Name, cloner.GetType().FullName ?? "?", e);
            return new CloneAnswer.Boot(Reason: null);
        }
    }

    private async Task<bool> IsUsableAsync(IDisposableCloner cloner, IMachine machine, Guid run, CancellationToken cancel)
    {
        isEndAsked = false;
        Take(machine);
        try
        {
            await context.Events.FireAsync(new QubeSpawning(qube, run), cancel);
            await machine.BootAsync(cancel);
            await IdentifyAsync(cancel);
            await machine.AcceptAsync(cancel);
        }
        catch (Exception e)
        {
            await DestroyCopyAsync(machine);
            if (isEndAsked)
                throw new QubeException($"'{qube.Name}' was ended while it was starting");
            if (e is not QubeException || cancel.IsCancellationRequested)
                throw;
            Log.CopyRefused(log, qube.Name, e.Message);
            cloner.Failed(qube, e.Message);
            return false;
        }
        cloner.Succeeded(qube);
        Follow(machine);
        FireMachineProperties();
        await context.Events.FireAsync(new QubeSpawned(qube, run), cancel);
        await context.Events.FireAsync(new QubeUnpausing(qube), cancel);
        await context.Events.FireAsync(new QubeUnpaused(qube), cancel);
        return true;
    }

    private async Task IdentifyAsync(CancellationToken cancel)
    {
        var identity = new GuestIdentity(qube.Name, qube.Class, qube.Properties.Get(QubeProperties.DefaultUser) ?? "", !qube.IsNobodys);
        var seconds = Math.Min(IdentityLimit.TotalSeconds, qube.Properties.Get(QubeProperties.QrexecTimeout));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            foreach (var agents in Agents)
                await agents.ConnectCloneAsync(qube, identity, either.Token);
        }
        catch (Exception e) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested && e is OperationCanceledException or QubeException)
        {
            throw new QubeException($"the copy's agent did not take an identity within {seconds} s");
        }
    }

    private async Task DestroyCopyAsync(IMachine machine)
    {
        try
        {
            await machine.KillAsync(CancellationToken.None);
            await machine.DisposeAsync();
        }
        finally
        {
            Machine = null;
            await StopVolumesAsync();
            stopped.TrySetResult();
        }
    }
}
