using Qubes.Daemon.Hosting;

namespace Qubes.Daemon;

/// <summary><c>qubesd</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        // Continuations of socket operations run where the operation completed: relaying guests' bytes is a third faster
        // (docs/benchmarks.md). Nothing of ours blocks in one. The runtime reads this before its first socket.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        return CommandLine.RunAsync(args, async (options, cancel) =>
        {
            using var termination = new TerminationSignals(cancel);
            return await new Daemon(options, Surroundings.OfThisProcess()).RunAsync(termination.Token);
        });
    }
}
