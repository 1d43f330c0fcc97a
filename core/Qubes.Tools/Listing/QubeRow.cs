using Qubes.Tools.Domains;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Listing;

/// <summary>What <c>qvm-ls</c> knows about one qube; only what its columns and filters asked for was fetched.</summary>
internal sealed class QubeRow(QubeEntry entry)
{
    public QubeEntry Entry => entry;

    public IReadOnlyDictionary<string, PropertyValue> Properties { get; set; } = new Dictionary<string, PropertyValue>();

    /// <summary>Volume name → key → value (spec: Admin API, section 6.7).</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Volumes { get; set; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>The state and memory figures of <c>admin.vm.CurrentState</c>.</summary>
    public IReadOnlyDictionary<string, string> CurrentState { get; set; } = new Dictionary<string, string>();

    /// <summary>A property's text; empty if the qube has no such property, or no value.</summary>
    public string Property(string name) => Properties.TryGetValue(name, out var value) ? value.Text : "";
}
