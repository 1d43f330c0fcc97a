using Qubes.Tools.Domains;
using Qubes.Tools.Preferences;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Listing;

/// <summary>What <c>qvm-ls</c> knows about one qube; only what its columns and filters asked for was fetched.</summary>
internal sealed class QubeRow(QubeEntry entry)
{
    public QubeEntry Entry => entry;

    public IReadOnlyDictionary<string, PropertyValue> Properties { get; set; } = new Dictionary<string, PropertyValue>();

    /// <summary>By volume name.</summary>
    public IReadOnlyDictionary<string, VolumeInfo> Volumes { get; set; } = new Dictionary<string, VolumeInfo>();

    /// <summary>The features asked for; null stands for one that is not set.</summary>
    public IReadOnlyDictionary<string, string?> Features { get; set; } = new Dictionary<string, string?>();

    public IReadOnlyList<string> Tags { get; set; } = [];

    /// <summary>The state and memory figures of <c>admin.vm.CurrentState</c>.</summary>
    public IReadOnlyDictionary<string, string> CurrentState { get; set; } = new Dictionary<string, string>();

    /// <summary>What <c>admin.vm.Memory</c> says, KiB.</summary>
    public IReadOnlyDictionary<string, string> Memory { get; set; } = new Dictionary<string, string>();

    /// <summary>A property's text; empty if the qube has no such property, or no value.</summary>
    public string Property(string name) => Properties.TryGetValue(name, out var value) ? value.Text : "";

    /// <summary>A feature's value; null if it is not set.</summary>
    public string? Feature(string name) => Features.GetValueOrDefault(name);
}
