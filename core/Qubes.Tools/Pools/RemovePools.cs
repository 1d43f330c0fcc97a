using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Pools;

/// <summary><c>qvm-pool remove POOL…</c>: one that cannot be removed is reported and the others still get their turn.</summary>
internal sealed class RemovePools() : AppletAction("remove", "Remove pools.", "rm", "r")
{
    private readonly Argument<string[]> pools = new(Pool.HelpName)
    {
        Description = "Pools; no volume may live in them",
        Arity = ArgumentArity.OneOrMore,
    };

    protected override void Describe(Command command) => command.Add(pools);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var code = ExitCode.Success;
        foreach (var pool in line.GetRequiredValue(pools))
        {
            try
            {
                await Pool.CallAsync(session, "admin.pool.Remove", pool, "", cancellation);
            }
            catch (AdminException e)
            {
                session.Warn($"error: {pool}: {SafeText.OneLine(e.Message)}");
                code = ExitCode.Failure;
            }
        }

        return code;
    }
}
