using Qubes.Daemon.Hosting;

namespace Qubes.Daemon;

/// <summary><c>qubesd</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) =>
        CommandLine.RunAsync(args, async (options, cancel) =>
        {
            using var termination = new TerminationSignals(cancel);
            return await new Daemon(options, Surroundings.OfThisProcess()).RunAsync(termination.Token);
        });
}
