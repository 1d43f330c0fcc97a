using System.Buffers;
using System.Collections;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains;

/// <summary>A qube's tags, sorted.</summary>
internal sealed class TagSet(Qube qube, IEventBus events, IStateWriter state) : ITags
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly SortedSet<string> tags = new(StringComparer.Ordinal);

    public int Count => tags.Count;

    public bool Contains(string tag) => tags.Contains(tag);

    public void Add(string tag)
    {
        if (tag.Length == 0 || tag.AsSpan().ContainsAnyExcept(Allowed))
            throw new InvalidTagException($"Invalid tag '{tag}': letters, digits, '_' and '-' are accepted");
        if (!tags.Add(tag))
            return;
        state.PutTag(qube.Qid, tag);
        events.Fire(new TagAdded(qube, tag));
    }

    public void Remove(string tag)
    {
        if (!tags.Remove(tag))
            throw new TagNotFoundException($"Tag not set for domain {qube.Name}: {tag}");
        state.DeleteTag(qube.Qid, tag);
        events.Fire(new TagRemoved(qube, tag));
    }

    /// <summary>Puts a stored tag in place, without events.</summary>
    public void Restore(string tag) => tags.Add(tag);

    public IEnumerator<string> GetEnumerator() => tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
