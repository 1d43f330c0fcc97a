using Qubes.Kernel.Scripts.Copies;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Calls a script after events, in their order.</summary>
internal sealed class HandlerOffer<T>(string text, Predicate<T> isMeant, Action<T> handler) : ScriptOffer(text) where T : QubesEvent
{
    public override void Subscribe(ScriptRun run, IEventBus events) => events.Subscribe<T>(e =>
    {
        if (!isMeant(e))
            return;
        var copy = (T)EventCopies.Of(e, run.Copies());
        run.Post(new CallJob(run, Text, run.Budgets.Handler, () => handler(copy)));
    });
}
