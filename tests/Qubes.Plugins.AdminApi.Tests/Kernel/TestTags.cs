using System.Collections;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

internal sealed class TestTags : ITags
{
    private readonly HashSet<string> tags = [];

    public int Count => tags.Count;

    public bool Contains(string tag) => tags.Contains(tag);

    public void Add(string tag) => tags.Add(tag);

    public void Remove(string tag)
    {
        if (!tags.Remove(tag))
            throw new TagNotFoundException($"Tag not set: {tag}");
    }

    public IEnumerator<string> GetEnumerator() => tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
