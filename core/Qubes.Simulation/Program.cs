using System.Globalization;
using System.Text;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;
using Qubes.Simulation.Replay;
using Qubes.Simulation.Results;
using Qubes.Simulation.Scripts;
using Qubes.Simulation.Traces;

namespace Qubes.Simulation;

/// <summary><c>qubesd-simulate</c>: what policies of preloading would have made of recorded requests.</summary>
internal static class Program
{
    // Not asynchronous: the simulation has a thread of its own, which is none of the pool's.
    private static int Main(string[] args)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return SimulationCommandLine.Run(args, options => Run(options, output), output, Console.Error);
    }

    private static int Run(SimulationOptions options, TextWriter output)
    {
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            var trace = Read(options.Trace);
            var scripts = new ScriptFiles(PathsFor(Environment.GetEnvironmentVariable("QUBES_ROOT"), AppContext.BaseDirectory));
            var all = options.Policies.Select(policy => TraceReplay.Run(options, scripts, trace, policy)).ToList();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{trace.Requests.Count} requests for {trace.Templates.Count} templates within {trace.Length.TotalHours:0.0} h from {trace.Begun:yyyy-MM-dd HH:mm}"));
            ResultTable.Write(output, all);
            output.WriteLine();
            ResultChart.Write(output, trace, all);
            output.Flush();
            foreach (var faulty in all.Where(r => r.Fault is not null))
                Console.Error.WriteLine($"{SimulationCommandLine.Program}: {PlainText.Of($"{faulty.Policy} failed to decide, and what it had decided before was kept: {faulty.Fault}")}");
            Console.Error.WriteLine($"{SimulationCommandLine.Program}: simulated in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s");
            return 0;
        }
        catch (Exception e) when (e is QubesException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{SimulationCommandLine.Program}: {PlainText.Of(e.Message)}");
            return 1;
        }
    }

    // As the daemon does: what ships lies beside the program, in PREFIX/lib/qubes.
    private static QubesPaths PathsFor(string? root, string program)
    {
        const string folder = "/lib/qubes/simulate";
        var place = program.TrimEnd('/');
        return new(string.IsNullOrEmpty(root) ? "" : Path.GetFullPath(root), place.EndsWith(folder, StringComparison.Ordinal) ? place[..^folder.Length] : place);
    }

    private static Trace Read(string file)
    {
        try
        {
            return TraceReader.ReadFile(file);
        }
        catch (QubesException e)
        {
            throw new QubesException($"{file}: {e.Message}", e);
        }
    }
}
