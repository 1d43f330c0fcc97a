using System.Globalization;
using System.Text;
using Qubes.Testbed;

namespace Qubes.Benchmarks;

/// <summary>
/// Collects sections and writes them with the machine they were measured on. Sections of the file that were not measured
/// this time stay as they are.
/// </summary>
internal sealed class Report
{
    private const string Mark = "\n## ";
    private readonly Dictionary<string, string> sections = [];

    public void Section(string title, string explanation, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder($"{Mark}{title}\n\n{explanation}\n\n");
        text.AppendLine(Row(header)).AppendLine(Row(header.Select(_ => "---")));
        foreach (var row in rows)
            text.AppendLine(Row(row));
        sections[title] = text.ToString();
    }

    public async Task WriteAsync(string path, string command)
    {
        var qemu = (await LocalProgram.RunAsync("qemu-system-x86_64", "--version")).Text.Split('\n')[0];
        var processor = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        var head = $"""
            # Benchmarks

            Figures are for comparison within one run on one machine; yours will differ. Written
            last, section by section, by:

                ./build.sh bench {command}

            Machine: {processor}, {Environment.ProcessorCount} processors, Linux {Environment.OSVersion.Version}, {qemu}; load average at the end
            {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.

            """;
        var measured = string.Concat(sections.Values);
        await File.WriteAllTextAsync(path, head + string.Concat(await OthersAsync(path)) + measured);
        Console.Write(measured);
    }

    private async Task<IEnumerable<string>> OthersAsync(string path) => File.Exists(path)
        ? (await File.ReadAllTextAsync(path)).Split(Mark).Skip(1)
            .Where(section => !sections.ContainsKey(section.Split('\n')[0])).Select(section => Mark + section)
        : [];

    public static string Seconds(double value) => value.ToString("0.000 s", CultureInfo.InvariantCulture);

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
