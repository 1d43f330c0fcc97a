using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Pools;

/// <summary>Reads pools (spec: Admin API, section 6.8).</summary>
internal static class Pool
{
    /// <summary>What stands for a pool's name in help texts; completion goes by it.</summary>
    public const string HelpName = "POOL";

    public static async Task<IReadOnlyList<string>> ListAsync(Session session, CancellationToken cancellation) =>
        AnswerText.Lines(await session.Admin.CallSystemAsync("admin.pool.List", cancellation: cancellation));

    /// <summary>Configuration, then <c>size</c> and <c>usage</c> in bytes where they are known.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> InfoAsync(
        Session session, string pool, CancellationToken cancellation) =>
        AnswerText.Pairs(AnswerText.Lines(await CallAsync(session, "admin.pool.Info", pool, "", cancellation)));

    /// <summary>A call about one pool.</summary>
    /// <exception cref="UsageException">There is no such pool.</exception>
    public static async Task<string> CallAsync(
        Session session, string method, string pool, string payload, CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallSystemAsync(method, pool, payload, cancellation);
        }
        catch (AdminException e) when (e.IsPermissionDenied)
        {
            // The daemon does not tell a pool that is absent from one that is denied (section 4).
            var names = await ListAsync(session, cancellation);
            throw names.Contains(pool) ? e : new UsageException($"no such pool: '{pool}'; one of: {string.Join(", ", names)}");
        }
    }
}
