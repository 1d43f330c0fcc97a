namespace Qubes.Plugins.Preload.Features;

/// <summary>The features that hold what users want of preloading, and what the daemon must not forget (spec: preloaded disposables, section 2).</summary>
internal static class PreloadFeatures
{
    /// <summary>On a disposable template: wanted length of its queue; on the host: the same for the system's default template.</summary>
    public const string Max = "preload-dispvm-max";

    /// <summary>On the host: free memory that is never used for preloading, MiB.</summary>
    public const string Threshold = "preload-dispvm-threshold";

    /// <summary>Seconds to wait before a used disposable is replaced; may be negative; or <see cref="Auto"/>.</summary>
    public const string Delay = "preload-dispvm-delay";

    /// <summary>On a disposable template: names of its preloads, oldest first, separated by spaces. The daemon's own.</summary>
    public const string Queue = "preload-dispvm";

    /// <summary>
    /// On a disposable, the daemon's own: not ready, or requested and not handed over, or discarded. One that is found like
    /// this by a restarted daemon is removed.
    /// </summary>
    public const string InProgress = "preload-dispvm-in-progress";

    /// <summary>On a disposable, the daemon's own: its boot has finished. Never cleared.</summary>
    public const string Completed = "preload-dispvm-completed";

    /// <summary>On a disposable, the daemon's own: what its template's settings were when it was made.</summary>
    public const string Settings = "preload-dispvm-settings";

    /// <summary>On a disposable template, else on the host: the name of what decides how many are preloaded.</summary>
    public const string Policy = "preload-dispvm-policy";

    /// <summary>On a disposable template: how much of scarce memory its preloads get, compared with others' (1 to 1000).</summary>
    public const string Weight = "preload-dispvm-weight";

    /// <summary>On a disposable template: nothing is preloaded until this is gone, whatever its maximum.</summary>
    public const string Drained = "preload-dispvm-drained";

    /// <summary>On a disposable template, the daemon's own: what policies may know of earlier days (Policies.DemandText).</summary>
    public const string Demand = "preload-dispvm-demand";

    /// <summary>Empty on a disposable template, or on what it is based on: its preloads are not warmed up.</summary>
    public const string WarmUp = "preload-dispvm-warm-up";

    /// <summary>Value of <see cref="Delay"/>: one by one, as soon as no request is in flight.</summary>
    public const string Auto = "auto";

    public const string True = "1";

    public const string False = "";

    /// <summary>Services that a guest must offer, so that it is known when it is ready.</summary>
    public static IReadOnlyList<string> RequiredServices { get; } = ["qubes.WaitForRunningSystem", "qubes.WaitForSession"];
}
