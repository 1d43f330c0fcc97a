using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Pools;

/// <summary><c>qvm-pool info POOL</c>.</summary>
internal sealed class ShowPool() : AppletAction("info", "Show a pool's configuration, size and usage (bytes).", "i")
{
    private readonly Argument<string> pool = new(Pool.HelpName) { Description = "The pool" };

    protected override void Describe(Command command) => command.Add(pool);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var name = line.GetRequiredValue(pool);
        var info = await Pool.InfoAsync(session, name, cancellation);
        var table = new TextTable();
        table.Add("name", name);
        foreach (var (key, value) in info.Where(pair => pair.Key != "name"))
            table.Add(key, value);
        table.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }
}
