using System.Collections;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Sdk.Testing.Domains;

/// <summary>Tags in memory, with the events of real ones.</summary>
internal sealed class SimulatedTags(SimulatedQube qube, SimulatedQubes world) : ITags
{
    private readonly SortedSet<string> tags = new(StringComparer.Ordinal);

    public int Count => tags.Count;

    public bool Contains(string tag) => tags.Contains(tag);

    public void Add(string tag)
    {
        if (tag.Length == 0 || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw new InvalidTagException($"Tag '{tag}' is malformed: letters, digits, '_' and '-'");
        if (tags.Add(tag))
            world.Events.Fire(new TagAdded(qube, tag));
    }

    public void Remove(string tag)
    {
        if (!tags.Remove(tag))
            throw new TagNotFoundException($"'{qube.Name}' has no tag '{tag}'");
        world.Events.Fire(new TagRemoved(qube, tag));
    }

    public IEnumerator<string> GetEnumerator() => tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
