namespace Qubes.Plugins.Preload.Features;

/// <summary>The features that hold what users want of preloading (spec: preloaded disposables, section 2).</summary>
internal static class PreloadFeatures
{
    /// <summary>On a disposable template: wanted length of its queue; on the host: the same for the system's default template.</summary>
    public const string Max = "preload-dispvm-max";

    /// <summary>On the host: free memory that is never used for preloading, MiB.</summary>
    public const string Threshold = "preload-dispvm-threshold";

    /// <summary>Seconds to wait before a used disposable is replaced; may be negative.</summary>
    public const string Delay = "preload-dispvm-delay";

    /// <summary>On a disposable template: names of its preloads, oldest first, with spaces between.</summary>
    public const string Queue = "preload-dispvm";

    /// <summary>On a disposable: being made, or asked for and not handed over yet.</summary>
    public const string InProgress = "preload-dispvm-in-progress";

    /// <summary>Services that a guest must offer, so that it is known when it is ready.</summary>
    public static IReadOnlyList<string> RequiredServices { get; } = ["qubes.WaitForRunningSystem", "qubes.WaitForSession"];
}
