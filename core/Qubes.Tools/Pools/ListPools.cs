using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Pools;

/// <summary><c>qvm-pool list</c>.</summary>
internal sealed class ListPools() : AppletAction("list", "List pools and their drivers.", "ls", "l")
{
    protected override void Describe(Command command)
    {
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var table = new TextTable();
        table.Add("NAME", "DRIVER");
        foreach (var name in await Pool.ListAsync(session, cancellation))
            table.Add(name, (await Pool.InfoAsync(session, name, cancellation)).GetValueOrDefault("driver", "-"));
        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }
}
