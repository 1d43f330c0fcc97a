namespace Qubes.Kernel.Plugins.Presets;

/// <summary>
/// Which plugins are enabled: preset files in systemd's format. All files are taken in the order of their names, whatever
/// their directory; one in an earlier directory replaces those of the same name in later ones (an empty one masks them).
/// The first rule that matches a name decides.
/// </summary>
internal sealed class PluginPresets(IReadOnlyList<PresetRule> rules, IReadOnlyList<string> complaints)
{
    /// <summary>Lines that are no rules, one message each; they are passed over.</summary>
    public IReadOnlyList<string> Complaints { get; } = complaints;

    /// <summary>What the first matching rule says; null when none matches.</summary>
    public bool? Decide(string name)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(name))
                return rule.Enable;
        }
        return null;
    }

    /// <summary>Reads <c>*.preset</c> of the directories, the one that overrides first; missing ones are empty.</summary>
    public static PluginPresets Read(params IEnumerable<string> directories)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var directory in directories.Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(directory, "*.preset"))
                files.TryAdd(Path.GetFileName(file), file);
        }
        List<PresetRule> rules = [];
        List<string> complaints = [];
        foreach (var file in files.Values)
        {
            foreach (var (index, line) in File.ReadLines(file).Index())
            {
                if (PresetRule.TryParse(line, out var rule))
                    rules.Add(rule);
                else if (!PresetRule.IsBlank(line))
                    complaints.Add($"{file}:{index + 1}: not a preset rule; enable PATTERN or disable PATTERN is");
            }
        }
        return new(rules, complaints);
    }
}
