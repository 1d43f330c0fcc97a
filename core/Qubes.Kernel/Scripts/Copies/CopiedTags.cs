using System.Collections;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>A qube's tags as they were.</summary>
internal sealed class CopiedTags(QubeCopy qube, HashSet<string> tags) : ITags
{
    public int Count => tags.Count;

    public bool Contains(string tag) => tags.Contains(tag);

    public void Add(string tag) => qube.Order($"adding the tag {tag}", q => q.Tags.Add(tag));

    public void Remove(string tag) => qube.Order($"removing the tag {tag}", q => q.Tags.Remove(tag));

    public IEnumerator<string> GetEnumerator() => tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
