using System.Globalization;
using Qubes.Tools.Admin;

namespace Qubes.Tools.Volumes;

/// <summary>What the daemon says about a volume: lines <c>KEY=VALUE</c> (spec: Admin API, section 6.7).</summary>
internal sealed class VolumeInfo
{
    private VolumeInfo(IReadOnlyDictionary<string, string> values) => Values = values;

    /// <summary>All keys, also those that are not asked for here.</summary>
    public IReadOnlyDictionary<string, string> Values { get; }

    public string Pool => this["pool"];

    public string Vid => this["vid"];

    /// <summary>Bytes.</summary>
    public long Size => Number("size");

    /// <summary>Bytes.</summary>
    public long Usage => Number("usage");

    public bool SaveOnStop => this["save_on_stop"] == "True";

    /// <summary>The value of a key, empty if it is absent.</summary>
    public string this[string key] => Values.GetValueOrDefault(key, "");

    public static VolumeInfo Parse(string answer) => new(AnswerText.Pairs(AnswerText.Lines(answer)));

    private long Number(string key) =>
        long.TryParse(this[key], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
