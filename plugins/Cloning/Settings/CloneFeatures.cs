namespace Qubes.Plugins.Cloning.Settings;

/// <summary>The features that hold what users want of copies, and what the daemon must not forget.</summary>
internal static class CloneFeatures
{
    /// <summary>
    /// On a disposable template or what it is based on: <c>0</c> or empty, its disposables are always booted; <c>private</c>, copies
    /// share no memory.
    /// </summary>
    public const string Clone = "disposable-clone";

    /// <summary>The same, empty or <c>0</c>, for its preloads alone.</summary>
    public const string ClonePreloads = "preload-dispvm-clone";

    /// <summary>On the same: services to call before the memory is frozen, separated by spaces.</summary>
    public const string Recipe = "disposable-clone-recipe";

    /// <summary>On the same, empty: <c>qubes.WarmUp</c> is not called before the memory is frozen.</summary>
    public const string WarmUp = "disposable-clone-warm-up";

    /// <summary>On a disposable template, the daemon's own: its UUID, and the key of its memory template that passed the proof.</summary>
    public const string Proven = "disposable-clone-proven";

    /// <summary>On a disposable, the daemon's own: made to be frozen, or to prove a memory template. A restarted daemon removes it.</summary>
    public const string InProgress = "disposable-clone-in-progress";

    /// <summary>Keeps people's menus and lists free of what is nobody's.</summary>
    public const string Internal = "internal";

    public const string True = "1";
}
