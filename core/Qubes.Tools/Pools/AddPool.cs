using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Pools;

/// <summary><c>qvm-pool add POOL DRIVER [-o NAME=VALUE]…</c>.</summary>
internal sealed class AddPool() : AppletAction("add", "Add a pool.", "a")
{
    private readonly Argument<string> pool = new("NEWPOOL") { Description = "The new pool's name" };
    private readonly Argument<string> driver = new("DRIVER") { Description = "The driver; 'drivers' lists them" };
    private readonly PoolOptions options = new();

    protected override void Describe(Command command)
    {
        command.Add(pool);
        command.Add(driver);
        options.AddTo(command);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var (name, kind) = (line.GetRequiredValue(pool), line.GetRequiredValue(driver));
        var payload = $"name={name}\n" + string.Concat(options.Read(line).Select(option => $"{option.Key}={option.Value}\n"));
        try
        {
            await session.Admin.CallSystemAsync("admin.pool.Add", kind, payload, cancellation);
        }
        catch (AdminException e) when (e.IsPermissionDenied)
        {
            var drivers = AnswerText.Lines(
                    await session.Admin.CallSystemAsync("admin.pool.ListDrivers", cancellation: cancellation))
                .Select(text => text.Split(' ')[0]).ToList();
            throw drivers.Contains(kind)
                ? e
                : new UsageException($"no such driver: '{kind}'; one of: {string.Join(", ", drivers)}");
        }

        return ExitCode.Success;
    }
}
