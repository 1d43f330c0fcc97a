using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Something that a script registered.</summary>
/// <param name="text">For people.</param>
internal abstract class ScriptOffer(string text)
{
    public string Text => text;

    /// <summary>On the kernel loop: what it does by events.</summary>
    public virtual void Subscribe(ScriptRun run, IEventBus events) { }

    /// <summary>On the kernel loop: what it is as an extension point of the SDK; null: nothing.</summary>
    public virtual object? Extension(ScriptRun run) => null;
}
