using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Lifecycle;

/// <summary>
/// Shuts several qubes down at once. One that others use (<c>QubesVMInUseError</c>) is tried again when another one has gone
/// down;
/// with a time limit, one that does not go down is killed (spec: Admin API, section 3.2, last paragraph).
/// </summary>
/// <param name="wait">How long each may take; null: do not wait for any.</param>
internal sealed class Shutdown(Session session, bool force, TimeSpan? wait)
{
    private readonly string argument = (force, wait) switch
    {
        (true, not null) => "force+wait",
        (true, null) => "force",
        (false, not null) => "wait",
        _ => "",
    };

    /// <returns>The exit status: 1 if any is not down, or was not asked.</returns>
    public async Task<int> RunAsync(IReadOnlyCollection<QubeEntry> qubes, CancellationToken cancellation)
    {
        var code = ExitCode.Success;
        var round = qubes.Select(qube => qube.Name).ToList();
        while (round.Count > 0)
        {
            var results = await Task.WhenAll(round.Select(name => OneAsync(name, cancellation)));
            var inUse = results.Where(result => result.Failure is { IsInUse: true }).ToList();
            foreach (var result in results.Where(result => result.Failure is { IsInUse: false }))
                code = Report(result);
            // Another round only helps if this one changed something, and only if it was waited for.
            if (wait is null || inUse.Count == round.Count)
            {
                foreach (var result in inUse)
                    code = Report(result);
                break;
            }

            round = [.. inUse.Select(result => result.Name)];
        }

        return code;
    }

    private int Report((string Name, AdminException? Failure) result)
    {
        session.Warn($"error: {result.Name}: {SafeText.OneLine(result.Failure!.Message)}");
        return ExitCode.Failure;
    }

    private async Task<(string Name, AdminException? Failure)> OneAsync(string name, CancellationToken cancellation)
    {
        try
        {
            if (!await AskAsync(name, cancellation))
            {
                session.Warn($"{name} did not shut down in time, killing it");
                await session.Admin.CallAsync("admin.vm.Kill", name, cancellation: cancellation);
            }

            return (name, null);
        }
        catch (AdminException e)
        {
            // QubesVMNotRunningError is a paused qube and a failure; this class alone says that the qube is down already.
            return (name, e.WireClass == "QubesVMNotStartedError" ? null : e);
        }
    }

    /// <returns>False if the time is over.</returns>
    private async Task<bool> AskAsync(string name, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(wait ?? Timeout.InfiniteTimeSpan, session.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await session.Admin.CallAsync("admin.vm.Shutdown", name, argument, cancellation: either.Token);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (AdminException e) when (e.IsShutdownTimeout && wait is not null)
        {
            return false;
        }
    }
}
