using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Pools;

/// <summary><c>qvm-pool drivers</c>; the daemon answers <c>DRIVER *(" " OPTION) LF</c> for each.</summary>
internal sealed class ListDrivers() : AppletAction("drivers", "List drivers and their options.", "d")
{
    protected override void Describe(Command command)
    {
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var table = new TextTable();
        table.Add("DRIVER", "OPTIONS");
        foreach (var driver in AnswerText.Lines(
            await session.Admin.CallSystemAsync("admin.pool.ListDrivers", cancellation: cancellation)))
        {
            var words = driver.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            table.Add(words[0], string.Join(", ", words.Skip(1)));
        }

        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }
}
