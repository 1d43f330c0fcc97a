using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Domains;

/// <summary>What the model itself knows of preloaded disposables: which qubes are some (spec: preloaded disposables, section 2.1).</summary>
internal static class Preloads
{
    private const string Queue = "preload-dispvm";
    private const string Requested = "preload-dispvm-in-progress";

    /// <summary>In its template's queue, or taken from it and not handed over yet.</summary>
    public static bool IsPreload(IQube qube) =>
        qube.Class == QubeClass.DispVM
        && (qube.Features.GetValueOrDefault(Requested) is { Length: > 0 }
            || (qube.Template?.Features.TryGetValue(Queue, out var queue) == true && queue.Split(' ').Contains(qube.Name)));
}
