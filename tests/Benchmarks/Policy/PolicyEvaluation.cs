using System.Globalization;
using System.Text;
using Qubes.Policy;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Policy.Knowledge;
using Qubes.Policy.Loading;

namespace Qubes.Benchmarks.Policy;

/// <summary>What a call's judgement costs with few and with very many rules that do not concern it.</summary>
internal sealed class PolicyEvaluation
{
    private const int WarmUp = 200;
    private const int Rounds = 201;
    private const int CallsPerRound = 1000;
    private static readonly int[] Sizes = [10, 10_000];
    private static readonly PolicyDirectories Directories = new("/fixed", "/run", "/legacy");

    private readonly SystemInfo system = new(
    [
        new("work", "00000000-0000-4000-8000-000000000001", "AppVM") { DefaultDispvm = "dvm" },
        new("dvm", "00000000-0000-4000-8000-000000000002", "AppVM") { IsTemplateForDispvms = true },
        .. Enumerable.Range(0, 100).Select(i => new SystemQube($"q{i}", $"00000000-0000-4000-8000-1{i:00000000000}", "AppVM")),
    ]);

    public void Run(Report report)
    {
        Kind[] kinds =
        [
            new("of other services", i => $"other.Svc{i} * @anyvm @anyvm allow"),
            new("of the service, for other sources by name", i => $"a.Svc * other{i} @anyvm allow"),
            new("of the service, for its source, with another argument", i => $"a.Svc +x{i} work @anyvm allow"),
        ];
        List<string[]> rows = [];
        foreach (Kind kind in kinds)
        {
            double[] times = Measure([.. Sizes.Select(size => Load(kind, size, out _))]);
            Load(kind, Sizes[^1], out double loading);
            rows.Add([kind.Name, .. times.Select(Microseconds), (times[^1] / times[0]).ToString("0.00", CultureInfo.InvariantCulture), Milliseconds(loading)]);
            Console.Error.WriteLine(string.Join("  ", rows[^1]));
        }
        report.Section(
            "Policy",
            $"Microseconds from call to reply, the median of {Rounds} rounds of {CallsPerRound} calls, of a call at `@dispvm` that the last rule allows, with so many " +
            "rules before it. Loading: reading and parsing them all, from memory.",
            ["rules before it", .. Sizes.Select(s => $"{s}: µs"), "ratio", $"loading {Sizes[^1]}: ms"], rows);
    }

    private static LoadedPolicy Load(Kind kind, int size, out double milliseconds)
    {
        StringBuilder text = new();
        for (int i = 0; i < size; i++)
            text.Append(kind.Rule(i)).Append('\n');
        text.Append("a.Svc * work @dispvm allow\n");
        MemoryPolicyFiles files = new();
        files.AddDirectory(Directories.Runtime);
        files.Add(Directories.Fixed + "/30-user.policy", Encoding.ASCII.GetBytes(text.ToString()));
        long begun = TimeProvider.System.GetTimestamp();
        LoadedPolicy policy = PolicyLoader.Load(Directories, files);
        milliseconds = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
        return policy;
    }

    // In turns, so that whatever else the machine does falls on all alike.
    private double[] Measure(LoadedPolicy[] policies)
    {
        Sample[] samples = [.. policies.Select(_ => new Sample())];
        for (int round = -WarmUp; round < Rounds; round++)
        {
            for (int i = 0; i < policies.Length; i++)
            {
                double time = Judge(policies[i]);
                if (round >= 0)
                    samples[i].Add(time);
            }
        }
        return [.. samples.Select(sample => sample.Percentile(50))];
    }

    private double Judge(LoadedPolicy policy)
    {
        long begun = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < CallsPerRound; i++)
        {
            PolicyCall call = new("work", "a.Svc+y", "@dispvm");
            PolicyOutcome outcome = Settlement.Settle(policy.Decide(call, system), call, system);
            if (outcome.Granted is null)
                throw new InvalidOperationException("the last rule allows it");
        }
        return TimeProvider.System.GetElapsedTime(begun).TotalMicroseconds / CallsPerRound;
    }

    private static string Microseconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Milliseconds(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record Kind(string Name, Func<int, string> Rule);
}
