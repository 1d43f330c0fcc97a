using System.Reflection;
using Qubes.Kernel.Scripts.Copies;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Has a script refuse what is about to happen. Who fires an awaited event awaits the script; else the kernel loop is held for a moment.</summary>
internal sealed class RefusalOffer<T>(Func<T, string?> reason) : ScriptOffer($"refusals of {typeof(T).Name}"), IAccessDecision where T : PreEvent
{
    private const int MostHeld = 3;

    private static readonly MethodInfo Awaiting = typeof(RefusalOffer<T>).GetMethod(nameof(SubscribeAwaited), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private int heldInVain;

    public bool IsOfAdminCalls => typeof(T) == typeof(AdminPermission);

    public override void Subscribe(ScriptRun run, IEventBus events)
    {
        if (typeof(T).IsAssignableTo(typeof(IAwaitedEvent)))
            Awaiting.MakeGenericMethod(typeof(T)).Invoke(this, [run, events]);
        else
            events.Subscribe<T>(e => Hold(run, e));
    }

    private void SubscribeAwaited<TAwaited>(ScriptRun run, IEventBus events) where TAwaited : PreEvent, IAwaitedEvent =>
        events.SubscribeAsync<TAwaited>((e, cancel) => AwaitAsync(run, (T)(PreEvent)e, cancel));

    private async Task AwaitAsync(ScriptRun run, T e, CancellationToken cancel)
    {
        var job = Ask(run, e);
        try
        {
            RefuseIf(await job.Outcome.WaitAsync(run.Budgets.Patience, run.Time, cancel));
        }
        catch (TimeoutException)
        {
            run.Failed(Text, $"it did not decide within {run.Budgets.Patience.TotalMilliseconds:0} ms");
        }
        catch (InvalidOperationException)
        {
            // It failed, which was noted; it refuses nothing.
        }
    }

    private void Hold(ScriptRun run, T e)
    {
        var job = Ask(run, e);
        var isDecided = job.Wait(run.Budgets.Patience);
        if (isDecided && job.Outcome.IsCompletedSuccessfully)
        {
            heldInVain = 0;
            RefuseIf(job.Outcome.GetAwaiter().GetResult());
            return;
        }
        if (!isDecided && ++heldInVain >= MostHeld)
            run.Stop($"{Text}: it did not decide within {run.Budgets.Patience.TotalMilliseconds:0} ms, {MostHeld} times");
        if (e is AdminPermission call)
            AccessWithoutDecision.Refuse(call, run.Name);
    }

    private DecisionJob<string?> Ask(ScriptRun run, T e)
    {
        var copy = (T)EventCopies.Of(e, run.Copies());
        var job = new DecisionJob<string?>(run, Text, () => Decide(copy));
        run.Post(job);
        return job;
    }

    // A refusal that is thrown is one, too.
    private string? Decide(T e)
    {
        try
        {
            return reason(e);
        }
        catch (QubesException refusal)
        {
            return refusal.Message;
        }
    }

    private static void RefuseIf(string? why)
    {
        if (why is not null)
            throw typeof(T) == typeof(AdminPermission) ? new PermissionDeniedException(why) : new QubesException(why);
    }
}
