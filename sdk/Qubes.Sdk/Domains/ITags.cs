using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Domains;

/// <summary>A qube's tags: a set of words of <c>A-Z a-z 0-9 _ -</c>. Used on the kernel loop.</summary>
public interface ITags : IReadOnlyCollection<string>
{
    /// <summary>Whether the tag is set.</summary>
    bool Contains(string tag);

    /// <summary>Adds a tag; nothing happens, and no event is fired, when it is there.</summary>
    /// <exception cref="InvalidTagException">Other characters than allowed.</exception>
    void Add(string tag);

    /// <summary>Removes a tag.</summary>
    /// <exception cref="TagNotFoundException">It is not set.</exception>
    void Remove(string tag);
}
