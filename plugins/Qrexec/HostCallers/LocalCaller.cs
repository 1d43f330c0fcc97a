using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.HostCallers;

// program → daemon   TRIGGER_SERVICE4 with the request id "SOCKET"
// daemon → program   accepted: domain (4 bytes) port (4 bytes); refused: closes
// The connection stays for as long as the call matters to the program    (spec: protocol, section 8)
internal sealed class LocalCaller(CallSource source, uint uid, MessageConnection connection, CallerVchans vchans) : ICaller, IAsyncDisposable
{
    private readonly CancellationTokenSource left = new();
    private Task watching = Task.CompletedTask;
    private (int Domain, int Port)? place;

    public CallSource Source => source;

    public int Domain => 0;

    public CancellationToken Left => left.Token;

    /// <summary>Begins to notice that the program goes.</summary>
    public void Watch() => watching = WatchAsync();

    public async Task<IVchan> AcceptAsync(int domain, int port, CancellationToken cancel)
    {
        try
        {
            int taken = vchans.Take(uid, domain, port)
                ?? throw new VchanClosedException($"'{source.Name}' has as many data connections as it can have");
            place = (domain, taken);
            var answer = new byte[ExecParameters.Size];
            new ExecParameters(domain, taken).Write(answer);
            await connection.WriteAsync(answer, cancel);
            return await vchans.ConnectAsync(uid, domain, taken, cancel);
        }
        catch (Exception e) when (e is IOException and not VchanClosedException)
        {
            throw new VchanClosedException($"no data connection can be made with '{source.Name}': {e.Message}", e);
        }
    }

    public async Task RefuseAsync(CancellationToken cancel) => await connection.DisposeAsync();

    /// <summary>The call is over.</summary>
    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await watching;
        if (place is var (domain, port))
            vchans.Free(uid, domain, port);
        left.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            // It has nothing more to say: whatever comes, its end or a word too much, is the end of the call.
            await connection.ReadAsync(CancellationToken.None);
        }
        catch (QrexecViolationException)
        {
            // As above.
        }
        await left.CancelAsync();
    }
}
