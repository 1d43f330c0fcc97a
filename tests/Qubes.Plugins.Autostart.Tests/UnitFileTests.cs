using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Qubes.Plugins.Autostart.Tests;

/// <summary>The units that start qubes and preloads with the host (spec: preloaded disposables, section 11).</summary>
public sealed partial class UnitFileTests
{
    private const string Qube = "qubes-vm@.service";
    private const string Preloads = "qubes-preload-dispvm.service";

    [Fact]
    public void Preloads_are_started_once_by_their_helper_in_the_group_qubes()
    {
        var unit = Read(Preloads);

        Assert.Equal("oneshot", unit["Service/Type"].Single());
        Assert.Equal("yes", unit["Service/RemainAfterExit"].Single());
        Assert.Equal("qubes", unit["Service/Group"].Single());
        Assert.Equal("/usr/lib/qubes/preload-dispvm", unit["Service/ExecStart"].Single());
        Assert.Equal("multi-user.target", unit["Install/WantedBy"].Single());
        Assert.Contains("g qubes ", File.ReadAllText(PathOf("sysusers.d/qubes.conf")), StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_daemon_the_writer_of_available_memory_and_every_qube_that_starts_with_the_host()
    {
        Assert.Equal(["qubes-meminfo-writer-dom0.service", "qubesd.service"], Words(Read(Preloads), "Unit/After"));
        // A unit cannot be ordered after all instances of a template; each of those can be ordered before it.
        Assert.Contains(Preloads, Words(Read(Qube), "Unit/Before"));
    }

    [Fact]
    public void What_keeps_qubes_from_starting_with_the_host_keeps_preloads_from_it_too()
    {
        var ofPreloads = Conditions(Preloads);

        Assert.Equal(["Unit/ConditionKernelCommandLine=!qubes.skip_autostart"], ofPreloads);
        Assert.Equal(ofPreloads, Conditions(Qube));
    }

    private static IEnumerable<string> Conditions(string unit) => Read(unit)
        .Where(s => s.Key.StartsWith("Unit/Condition", StringComparison.Ordinal)).SelectMany(s => s.Value.Select(v => $"{s.Key}={v}"));

    private static IEnumerable<string> Words(Dictionary<string, List<string>> unit, string setting) =>
        unit[setting].SelectMany(v => v.Split(' ')).Order(StringComparer.Ordinal);

    private static Dictionary<string, List<string>> Read(string unit)
    {
        var (settings, section) = (new Dictionary<string, List<string>>(), "");
        foreach (var line in File.ReadLines(PathOf("systemd/" + unit)).Where(l => l.Length > 0 && !l.StartsWith('#')))
        {
            if (Section().Match(line) is { Success: true } head)
            {
                section = head.Groups[1].Value;
                continue;
            }
            var setting = Setting().Match(line);
            Assert.True(setting.Success && section.Length > 0, $"{unit}: '{line}'");
            var name = section + "/" + setting.Groups[1].Value;
            if (!settings.TryGetValue(name, out var values))
                settings.Add(name, values = []);
            values.Add(setting.Groups[2].Value);
        }
        return settings;
    }

    private static string PathOf(string file, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../packaging", file);

    [GeneratedRegex(@"\A\[(Unit|Service|Install)\]\z")]
    private static partial Regex Section();

    [GeneratedRegex(@"\A([A-Z][A-Za-z]+)=(\S.*)\z")]
    private static partial Regex Setting();
}
