using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preloading;

/// <summary>
/// <c>qvm-preload simulate --policy NAME|FILE… --trace FILE</c>: runs <c>qubesd-simulate</c>, which has the plugin and the simulated machines that a
/// program compiled ahead of time cannot have, and checks its arguments.
/// </summary>
/// <param name="program">The program; null: beside this one.</param>
internal sealed class SimulatePreloads(string? program = null) : AppletAction(
    "simulate", "Replay recorded requests in virtual time, and show what policies would have made of them: hits, waits, memory. Needs no daemon.")
{
    private const string Program = "qubesd-simulate";

    private readonly Option<string[]> policies = new("--policy")
    {
        Description = "A policy, or a script (.csx) that has one; given several times, they are compared",
        HelpName = "NAME|FILE",
        Required = true,
    };

    private readonly Option<string?>[] passedOn =
    [
        Passed("--trace", "FILE", "What qvm-preload trace has recorded", required: true),
        Passed("--max", "N", "The most that each template may preload (default 4)"),
        Passed("--delay", "SECONDS", "preload-dispvm-delay: auto, or seconds (default: as without the feature)"),
        Passed("--memory", "MIB", "What one disposable takes (default 400)"),
        Passed("--host-memory", "MIB", "What all disposables together may take (default 8192)"),
        Passed("--start", "MILLISECONDS", "How long one takes until it can be used, a fifth more or less (default 5000)"),
        Passed("--use", "SECONDS", "How long one is used, a fifth more or less (default 30)"),
        Passed("--seed", "N", "Of what is left to chance: with the same one, the same comes out (default 1)"),
    ];

    protected override void Describe(Command command)
    {
        command.Add(policies);
        foreach (var option in passedOn)
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program ?? Path.Combine(AppContext.BaseDirectory, Program))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var policy in line.GetValue(policies) ?? [])
            Add(start, policies.Name, policy);
        foreach (var option in passedOn)
        {
            if (line.GetValue(option) is { } value)
                Add(start, option.Name, value);
        }
        using var process = Start(start);
        try
        {
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(session.Console.RawOutput, cancellation),
                process.StandardError.BaseStream.CopyToAsync(session.Console.RawError, cancellation));
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    // One word, so that a value that begins with a dash is no option.
    private static void Add(ProcessStartInfo start, string option, string value) => start.ArgumentList.Add($"{option}={value}");

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ToolException($"{start.FileName} cannot be run: {e.Message}", cause: e);
        }
    }

    private static Option<string?> Passed(string name, string unit, string description, bool required = false) =>
        new(name) { HelpName = unit, Description = description, Required = required };
}
