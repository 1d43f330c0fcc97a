using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Applets;

/// <summary>The option <c>--watch</c> of what shows how something stands.</summary>
internal sealed class WatchOption
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Option<bool> watch = new("--watch", "-w") { Description = "Show it every two seconds, until interrupted" };

    public void AddTo(Command command) => command.Add(watch);

    /// <summary>Shows it once, or again and again.</summary>
    /// <param name="keepsAll">Leaves on a terminal what was shown before.</param>
    /// <param name="readAsync">Reads how it stands; what it returns writes that.</param>
    public async Task<int> RunAsync(ParseResult line, Session session, bool keepsAll, Func<Task<Action>> readAsync, CancellationToken cancellation)
    {
        while (true)
        {
            var write = await readAsync();
            // To the terminal itself: what goes through the console has its control characters escaped.
            if (line.GetValue(watch) && session.Console.OutputIsTerminal && !keepsAll)
                await session.Console.RawOutput.WriteAsync("\e[H\e[2J"u8.ToArray(), cancellation);
            write();
            if (!line.GetValue(watch))
                return ExitCode.Success;
            await session.Console.FlushAsync();
            await Task.Delay(Interval, session.Clock, cancellation);
        }
    }
}
