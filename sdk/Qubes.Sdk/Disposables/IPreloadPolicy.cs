namespace Qubes.Sdk.Disposables;

/// <summary>
/// Extension point: decides how many disposables of a template are to be preloaded right now. A template chooses one by the
/// feature <c>preload-dispvm-policy</c>; without it the host's feature of that name counts, else the policy is <c>static</c>.
/// </summary>
/// <remarks>
/// The plugin <c>Preload</c> asks on the kernel loop: when somebody requests a disposable of the template, every 30 s, and when
/// the template's maximum or policy changes; never for a template whose maximum is 0 or that is drained. A policy that throws
/// or answers outside its range costs nobody a disposable: its last good decision holds, or, before the first one, the maximum
/// counts, as with <c>static</c>; the reason is logged and shown by <c>qvm-preload status</c>. One that decides elsewhere answers
/// with its last decision at once, and fires <see cref="Events.PreloadDecided"/> when there is a new one.
/// </remarks>
public interface IPreloadPolicy
{
    /// <summary>
    /// The feature's value that chooses it: small letters, digits and <c>-</c>. Of two with one name the plugin that comes first
    /// has it; <c>static</c> and <c>adaptive</c> are taken.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// How many are wanted. Must be quick (well below a millisecond), must not block, await or change anything; the same view
    /// gives the same answer. What it needs to remember is in the view.
    /// </summary>
    PreloadTarget TargetOf(PreloadView view);
}
