using Qubes.Sdk.Disposables;
using Qubes.Sdk.Events;

namespace Qubes.Sdk.Scripting;

/// <summary>
/// What a script (<c>.csx</c>) finds as if it were its own: its top level calls these methods once, when it becomes active, to say what
/// it wants to do. What is registered ends with the script.
/// </summary>
/// <remarks>
/// Everything of a script runs on one thread of its own, never on the kernel loop, one thing after the other, so that its variables need
/// no lock. Qubes that it is given are copies, as they were at that moment; a change to one (<c>Features.Set</c>, <c>Tags.Add</c>,
/// <c>Properties.Write</c>, <c>ShutdownAsync</c>, …) is carried out on the kernel loop a moment later, and what comes of it is logged. Each call has a
/// time budget and an allowance of memory; a script that does not come back within them is switched off, and the daemon goes on.
/// </remarks>
public abstract class ScriptGlobals
{
    /// <summary>The script's name: that of its file without <c>.csx</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The clock.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Writes a line to the daemon's log, under the script's name.</summary>
    public abstract void Log(string text);

    /// <summary>
    /// Offers a policy of preloading: a pure decision, as in <see cref="IPreloadPolicy"/>, asked whenever that is. It may take 100 ms; past
    /// that, when it throws, or answers outside of its range, its last good decision holds, and <c>qvm-preload status</c> says so.
    /// </summary>
    /// <param name="name">The feature's value that chooses it: small letters, digits and <c>-</c>.</param>
    /// <param name="decide">How many are wanted: 0 to <see cref="PreloadView.Max"/>, and why.</param>
    /// <exception cref="ArgumentException">The name is malformed, or the script has it already.</exception>
    public abstract void Policy(string name, Func<PreloadView, PreloadTarget> decide);

    /// <summary>Calls the handler after each event of the type, in their order; events of derived types, too.</summary>
    public abstract void On<T>(Action<T> handler) where T : QubesEvent;

    /// <summary>Calls the handler after each event of that name.</summary>
    /// <param name="wireName">As in the Admin API, e.g. <c>domain-start</c>; a <c>*</c> at its end stands for any rest.</param>
    /// <param name="handler">What is to be done.</param>
    public abstract void On(string wireName, Action<QubesEvent> handler);

    /// <summary>
    /// Refuses what is about to happen: a pre-event, such as <see cref="QubeStarting"/>, or an Admin API call (<see cref="AdminPermission"/>).
    /// While it decides, whoever asked waits, for 100 ms at most. A script that fails to decide refuses calls of the Admin API that do not come from
    /// the host, and nothing else.
    /// </summary>
    /// <param name="reason">Why it is refused, one line that the caller sees; null: it is not.</param>
    public abstract void Refuse<T>(Func<T, string?> reason) where T : PreEvent;

    /// <summary>Adds to what is run in disposables before their memory is frozen (<see cref="IWarmUpRecipes"/>).</summary>
    /// <param name="templates">The name of a disposable template; a <c>*</c> at its end stands for any rest.</param>
    /// <param name="services"><c>SERVICE</c> or <c>SERVICE+ARGUMENT</c>, in order.</param>
    public abstract void WarmUp(string templates, params string[] services);

    /// <summary>
    /// Chooses where a disposable comes from. Scripts are asked in the order of their names until one chooses; when none does within
    /// 100 ms, or one fails, it comes from where it was asked for.
    /// </summary>
    /// <param name="choose">The name of a disposable template; null leaves it to others.</param>
    public abstract void ChooseTemplate(Func<DisposableRequest, string?> choose);
}
