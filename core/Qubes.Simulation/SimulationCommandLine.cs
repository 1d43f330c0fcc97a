using System.CommandLine;
using System.CommandLine.Help;

namespace Qubes.Simulation;

/// <summary>The command line of <c>qubesd-simulate</c>; people call it as <c>qvm-preload simulate</c>.</summary>
internal static class SimulationCommandLine
{
    public const string Program = "qubesd-simulate";

    private const int Usage = 2;
    private const int MostPolicies = 8;

    /// <summary>Runs it, or shows help, or what is wrong with the arguments.</summary>
    /// <returns>The exit code: 0 done; 1 refused; 2 wrong arguments.</returns>
    public static int Run(string[] args, Func<SimulationOptions, int> run, TextWriter output, TextWriter error)
    {
        var policies = new Option<string[]>("--policy") { Description = "A policy, or a script that has one; given several times, they are compared", HelpName = "NAME|FILE", Required = true };
        var trace = new Option<string>("--trace") { Description = "A file that qvm-preload trace made", HelpName = "FILE", Required = true };
        var max = Number("--max", "The most that each template may preload", "N", 4, 1, 64);
        var delay = new Option<string?>("--delay") { Description = "preload-dispvm-delay: auto, or seconds", HelpName = "SECONDS" };
        var memory = Number("--memory", "What one disposable takes", "MIB", 400, 16, 1 << 20);
        var host = Number("--host-memory", "What all disposables together may take", "MIB", 8192, 16, 1 << 26);
        var start = Number("--start", "How long one takes until it can be used", "MILLISECONDS", 5000, 1, 600_000);
        var use = Number("--use", "How long one is used", "SECONDS", 30, 1, 86_400);
        var seed = Number("--seed", "Of what is left to chance", "N", 1, 0, int.MaxValue);
        var root = new Command(Program, "Replays recorded requests for disposables on simulated machines, in virtual time, and compares policies of preloading.")
        {
            policies, trace, max, delay, memory, host, start, use, seed, new HelpOption(),
        };
        root.Validators.Add(result =>
        {
            if (result.GetValue(policies) is { Length: > MostPolicies })
                result.AddError($"At most {MostPolicies} policies are compared at a time");
        });
        root.SetAction(parsed => run(new(
            [.. (parsed.GetValue(policies) ?? []).Distinct(StringComparer.Ordinal)], parsed.GetValue(trace)!, parsed.GetValue(max), parsed.GetValue(delay),
            parsed.GetValue(memory), parsed.GetValue(host), TimeSpan.FromMilliseconds(parsed.GetValue(start)),
            TimeSpan.FromSeconds(parsed.GetValue(use)), parsed.GetValue(seed))));
        var parsed = root.Parse(args);
        if (parsed.Errors is [var first, ..])
        {
            error.WriteLine($"{Program}: {PlainText.Of(first.Message)} (see {Program} --help)");
            return Usage;
        }
        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error });
    }

    private static Option<int> Number(string name, string description, string unit, int usual, int least, int most)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description}, {least} to {most}",
            HelpName = unit,
            DefaultValueFactory = _ => usual,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var value) && value >= least && value <= most))
                result.AddError($"{name} {token.Value} refused: a number from {least} to {most} is accepted");
        });
        return option;
    }
}
