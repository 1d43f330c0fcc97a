using Qubes.Daemon.Hosting;
using Qubes.Daemon.Interchange;

namespace Qubes.Daemon;

/// <summary><c>qubesd</c>, and under that name <c>qubesd-import</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (CalledAs() == InterchangeCommandLine.Program)
            return InterchangeCommandLine.RunAsync(args, options => new InterchangeRun(options, Surroundings.OfThisProcess()).RunAsync());
        // Continuations of socket operations run where the operation completed: relaying guests' bytes is a third faster
        // (docs/benchmarks.md). Nothing of ours blocks in one. The runtime reads this before its first socket.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        return CommandLine.RunAsync(args, async (options, cancel) =>
        {
            using var termination = new TerminationSignals(cancel);
            return await new Daemon(options, Surroundings.OfThisProcess()).RunAsync(termination.Token);
        });
    }

    // .NET tells only the file that a link leads to; the kernel remembers what was typed.
    private static string CalledAs() => Path.GetFileName(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]);
}
