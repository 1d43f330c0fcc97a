using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Preload.Memory;

/// <summary>
/// What a template's next preload will cost: the template's <c>memory</c> (spec: preloaded disposables, section 5.1, step 6), unless
/// its last one was a copy. Then it is the most that any of the last copies was seen to cost (PSS), at most <c>memory</c>.
/// </summary>
internal sealed class CopyCosts
{
    private const int Remembered = 4;
    private const long MiB = 1 << 20;

    private readonly Dictionary<IQube, (int Memory, Queue<long> Bytes)> seen = [];

    /// <summary>Bytes; 1 or more.</summary>
    public long Of(IQube template)
    {
        var memory = MemoryOf(template);
        return seen.TryGetValue(template, out var copies) && copies.Memory == memory
            ? Math.Min(memory * MiB, copies.Bytes.Max())
            : Math.Max(1, memory * MiB);
    }

    /// <summary>A preload has become ready.</summary>
    /// <param name="template">Its template.</param>
    /// <param name="ofCopy">What it costs; null: it was booted.</param>
    public void Note(IQube template, HostMemory? ofCopy)
    {
        var memory = MemoryOf(template);
        if (ofCopy is null)
        {
            seen.Remove(template);
            return;
        }
        if (!seen.TryGetValue(template, out var copies) || copies.Memory != memory)
            seen[template] = copies = (memory, new());
        if (copies.Bytes.Count == Remembered)
            copies.Bytes.Dequeue();
        copies.Bytes.Enqueue(Math.Max(1, ofCopy.ProportionalKiB * 1024));
    }

    public void Forget(IQube template) => seen.Remove(template);

    private static int MemoryOf(IQube template) => template.Properties.Get(QubeProperties.Memory);
}
