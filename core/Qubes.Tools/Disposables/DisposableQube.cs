using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Disposables;

/// <summary>
/// A disposable of our own: made and started by <see cref="AcquireAsync"/>, killed on disposal, whatever happened in between,
/// also
/// after SIGINT and SIGTERM.
/// </summary>
internal sealed class DisposableQube : IAsyncDisposable
{
    // Long enough for a daemon under load; short enough that Ctrl-C ends in the end.
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(60);

    private readonly Session session;

    private DisposableQube(Session session, string name) => (this.session, Name) = (session, name);

    /// <summary>The qube's name, e.g. <c>disp4711</c>.</summary>
    public string Name { get; }

    /// <summary>One that is ours already, and runs.</summary>
    public static DisposableQube Of(Session session, string name) => new(session, name);

    /// <summary>
    /// Obtains a started disposable: a preloaded one if there is one, else a new one
    /// (spec: Admin API, <c>admin.vm.CreateDisposable</c> and <c>admin.vm.Start</c>).
    /// </summary>
    /// <param name="template">The disposable template; <c>dom0</c> for the system's <c>default_dispvm</c>.</param>
    /// <param name="created">Called with its name when it exists and is about to be started.</param>
    public static async Task<DisposableQube> AcquireAsync(
        Session session, string template, CancellationToken cancellation, Action<string>? created = null)
    {
        // Not cancellable in flight: a request that was sent makes a qube, and only the answer says which one to kill.
        var name = await session.Admin.CallAsync("admin.vm.CreateDisposable", template, cancellation: CancellationToken.None);
        var qube = new DisposableQube(session, name);
        try
        {
            created?.Invoke(name);
            cancellation.ThrowIfCancellationRequested();
            await session.Admin.CallAsync("admin.vm.Start", name, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNotHalted)
        {
            // A preloaded disposable runs already.
        }
        catch
        {
            await qube.DisposeAsync();
            throw;
        }

        return qube;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(KillLimit, this.session.Clock);
        try
        {
            await this.session.Admin.CallAsync("admin.vm.Kill", Name, cancellation: limit.Token);
        }
        catch (AdminException e) when (e.IsNotStarted || e.IsNoSuchQube)
        {
            // It ended by itself, and the daemon has removed it or is about to.
        }
        catch (Exception e) when (e is AdminException or ToolException or OperationCanceledException)
        {
            // Must not hide the result of the call it served.
            this.session.Warn($"could not kill {Name}: {e.Message}");
        }
    }
}
