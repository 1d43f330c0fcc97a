using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>Brings the target of an allowed call to where it can be called (spec: protocol, section 4, "A call from the guest").</summary>
internal sealed class CallTargets(
    GuestRegistry guests, IQubes qubes, IDisposables disposables, IExtensions extensions, IKernelLoop loop,
    ILogger<CallTargets> logger)
{
    /// <summary>
    /// On a disposable that a call was given: the name of the qube that called. Such a disposable ends with its call, and with the
    /// daemon that made the call.
    /// </summary>
    public const string CallFeature = "qrexec-call";

    private const string NewDisposable = "@dispvm:";

    /// <summary>
    /// A running qube with its agent connected: the one that is named, started if it may be, or a disposable for this call alone.
    /// </summary>
    /// <exception cref="QubesException">It cannot be had; the text is for the log.</exception>
    public Task<CallTarget> ReachAsync(CallSource source, AllowedCall call, CancellationToken cancel) =>
        call.Target.StartsWith(NewDisposable, StringComparison.Ordinal)
            ? MakeAsync(source, call, call.Target[NewDisposable.Length..], cancel)
            : FindAsync(call, cancel);

    /// <summary>Ends the disposables of calls that an earlier daemon made. Called on the kernel loop.</summary>
    public void EndOrphans()
    {
        foreach (IQube orphan in qubes.Where(q => q.Features.ContainsKey(CallFeature)).ToList())
        {
            Log.OrphanEnded(logger, orphan.Name);
            _ = EndAsync(orphan);
        }
    }

    private async Task<CallTarget> FindAsync(AllowedCall call, CancellationToken cancel)
    {
        var (qube, user) = await loop.InvokeAsync(async () =>
        {
            IQube found = qubes.Find(call.Target);
            if (extensions.All<IPreloads>().Any(p => p.IsPreload(found)))
                throw new QubeNotRunningException($"'{found.Name}' is preloaded: nobody has it yet, so nobody can be called in it");
            if (found.PowerState is PowerState.Paused or PowerState.Suspended)
                throw new QubeNotRunningException($"'{found.Name}' is paused");
            if (guests.Find(found.Uuid) is not { IsConnected: true })
            {
                if (!call.Autostart)
                    throw new QubeNotRunningException($"'{found.Name}' does not run, and the policy says autostart=no");
                await found.StartAsync(cancel);
            }
            return (found, ServiceCommand.DefaultUser(found));
        });
        return new CallTarget(AgentOf(qube), user, () => Task.CompletedTask);
    }

    private async Task<CallTarget> MakeAsync(CallSource source, AllowedCall call, string template, CancellationToken cancel)
    {
        if (!call.Autostart)
            throw new QubeNotRunningException("a new disposable has to be started, and the policy says autostart=no");
        var (disposable, user) = await loop.InvokeAsync(async () =>
        {
            IQube made = await disposables.AcquireAsync(new(qubes.Find(template), source.Qube ?? qubes.AdminVm), cancel);
            made.Features.Set(CallFeature, source.Name);
            return (made, ServiceCommand.DefaultUser(made));
        });
        try
        {
            await loop.InvokeAsync(() => disposable.StartAsync(cancel));
            return new CallTarget(AgentOf(disposable), user, () => EndAsync(disposable));
        }
        catch
        {
            await EndAsync(disposable);
            throw;
        }
    }

    private GuestAgent AgentOf(IQube qube) => guests.Find(qube.Uuid) is { IsConnected: true } agent
        ? agent
        : throw new QubeNotRunningException($"the agent of '{qube.Name}' is not connected");

    private async Task EndAsync(IQube disposable)
    {
        try
        {
            await loop.InvokeAsync(async () =>
            {
                if (disposable.PowerState != PowerState.Halted)
                    await disposable.DestroyAsync(CancellationToken.None);
                else if (qubes.TryFind(disposable.Name, out IQube? left) && left == disposable)
                    await qubes.RemoveAsync(disposable, CancellationToken.None);
            });
        }
        catch (QubeNotStartedException)
        {
            // It is ending by itself, and is removed for that.
        }
        catch (QubesException e)
        {
            Log.DisposableNotEnded(logger, disposable.Name, e);
        }
    }
}
