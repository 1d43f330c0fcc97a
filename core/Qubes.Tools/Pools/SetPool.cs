using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Pools;

/// <summary><c>qvm-pool set POOL -o NAME=VALUE…</c>: of a pool's options these two can change.</summary>
internal sealed class SetPool() : AppletAction("set", "Change a pool's revisions_to_keep or ephemeral_volatile.", "s")
{
    private readonly Argument<string> pool = new(Pool.HelpName) { Description = "The pool" };
    private readonly PoolOptions options = new();

    protected override void Describe(Command command)
    {
        command.Add(pool);
        options.AddTo(command);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var name = line.GetRequiredValue(pool);
        var changes = options.Read(line).Select(option => option.Key switch
        {
            "revisions_to_keep" => option,
            "ephemeral_volatile" => new(option.Key, TruthValue.Parse(option.Value) ? "True" : "False"),
            _ => throw new UsageException(
                $"option '{option.Key}' of a pool cannot be changed; revisions_to_keep and ephemeral_volatile can"),
        }).ToList();
        if (changes.Count == 0)
            throw new UsageException("at least one -o NAME=VALUE is required");
        foreach (var (key, value) in changes)
            await Pool.CallAsync(session, "admin.pool.Set." + key, name, value, cancellation);
        return ExitCode.Success;
    }
}
