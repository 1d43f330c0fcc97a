using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qubes.Benchmarks.Charts;
using Qubes.Testbed;

namespace Qubes.Benchmarks;

/// <summary>
/// Collects sections, each with its command and the machine it was measured on, and writes them to <c>docs/benchmarks.md</c>; charts and
/// raw figures go beside it. Sections of the file that were not measured this time stay as they are.
/// </summary>
internal sealed class Report
{
    private const string Mark = "\n## ";
    private static readonly string Folder = Path.Combine(Repository.Root, "docs/benchmarks");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly Dictionary<string, string> sections = [];
    private readonly List<string> exceeded = [];
    private readonly string machine;

    private Report(string machine) => this.machine = machine;

    /// <summary>What is measured now, as <c>./build.sh bench</c> is told.</summary>
    public string What { get; set; } = "";

    public static async Task<Report> BeginAsync()
    {
        var qemu = (await LocalProgram.RunAsync("qemu-system-x86_64", "--version")).Text.Split('\n')[0];
        var processor = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        return new($"{processor}, {Environment.ProcessorCount} processors, Linux {Environment.OSVersion.Version}, {qemu}");
    }

    public void Section(string title, string explanation, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var text = new StringBuilder($"{Mark}{title}\n\n`./build.sh bench {What}` · {machine}; load average at the end {load}\n\n{explanation}\n\n");
        text.AppendLine(Row(header)).AppendLine(Row(header.Select(_ => "---")));
        foreach (var row in rows)
            text.AppendLine(Row(row));
        sections[title] = text.ToString();
        Console.Write(sections[title]);
    }

    /// <summary>What was more than it may be; the run fails then.</summary>
    public IReadOnlyList<string> Exceeded => exceeded;

    /// <summary>A budget of what does not depend on the machine, as allocation.</summary>
    public void Bound(string what, long bytes, long most)
    {
        if (bytes > most)
            exceeded.Add($"{what} allocates {bytes} bytes; it may {most}");
    }

    /// <summary>Draws a chart; returns a link to it.</summary>
    public static async Task<string> DrawAsync(string name, BarChart chart)
    {
        Directory.CreateDirectory(Folder);
        await Gnuplot.DrawAsync(chart, $"{Folder}/{name}.svg");
        return $"[{name}.svg](benchmarks/{name}.svg)";
    }

    /// <summary>Keeps figures for others to calculate with; returns a link to them.</summary>
    public static async Task<string> KeepAsync(string name, JsonNode figures)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync($"{Folder}/{name}.json", figures.ToJsonString(Indented) + "\n");
        return $"[{name}.json](benchmarks/{name}.json)";
    }

    /// <summary>Every single measurement, to a tenth of a millisecond where they are seconds.</summary>
    public static Task<string> KeepAsync(string name, IEnumerable<(string Name, Sample Sample)> samples) => KeepAsync(
        name,
        new JsonObject(samples.Select(s => KeyValuePair.Create<string, JsonNode?>(
            s.Name, new JsonArray([.. s.Sample.Values.Select(v => (JsonNode?)Math.Round(v, 4))])))));

    public async Task WriteAsync()
    {
        const string head = """
            # Benchmarks

            Figures are for comparison within one run on one machine; yours will differ. Each section says what measured it, and where.

            """;
        const string path = "docs/benchmarks.md";
        var file = Path.Combine(Repository.Root, path);
        await File.WriteAllTextAsync(file, head + string.Concat(await OthersAsync(file)) + string.Concat(sections.Values));
        Console.WriteLine($"\nwritten to {path}");
    }

    private async Task<IEnumerable<string>> OthersAsync(string path) => File.Exists(path)
        ? (await File.ReadAllTextAsync(path)).Split(Mark).Skip(1)
            .Where(section => !sections.ContainsKey(section.Split('\n')[0])).Select(section => Mark + section.TrimEnd('\n') + "\n")
        : [];

    public static string Seconds(double value) => value.ToString("0.000 s", CultureInfo.InvariantCulture);

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
