using System.Net.Sockets;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Calls;

/// <summary>
/// Calls over the qube's host socket and a Unix-socket vchan that this process serves (spec: qrexec protocol, sections 4 and 7).
/// </summary>
/// <param name="socketDirectory">Holds <c>qrexec.NAME</c>.</param>
/// <param name="vchanDirectory">Where the data connection is served.</param>
internal sealed class QrexecCalls(string socketDirectory, string vchanDirectory, TimeProvider clock) : IServiceCalls
{
    public async Task<int> RunAsync(ServiceCall call, Stream input, Stream output, Stream errors, CancellationToken cancellation)
    {
        try
        {
            var socket = Path.Combine(socketDirectory, "qrexec." + call.Qube);
            await using var client = await HostClient.ConnectAsync(socket, cancellation);
            var type = call.Connected ? MessageType.ExecCmdline : MessageType.JustExec;
            var guest = await client.StartAsync(type, new ExecRequest(new ExecParameters(0, 0), call.CommandText), cancellation);
            await using var vchan = await AcceptAsync(client, guest, call.ConnectTimeout, cancellation);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var guarded = new OutputGuard(output, end);
            var streams = new CallerStreams(input, guarded, errors) { Prefix = call.Prefix };
            try
            {
                return await CallerSession.RunAsync(vchan, streams, end.Token);
            }
            catch (OperationCanceledException) when (guarded.Failure is { } failure && !cancellation.IsCancellationRequested)
            {
                throw new IOException(failure.Message, failure.HResult);
            }
        }
        catch (SocketException e)
        {
            throw Trouble(call, $"its qrexec agent is not connected ({e.Message})", e);
        }
        catch (Exception e) when (e is EndOfStreamException or VchanClosedException or QrexecViolationException)
        {
            throw Trouble(call, e.Message, e);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"the command cannot be sent: {e.Message}");
        }
    }

    private static ToolException Trouble(ServiceCall call, string reason, Exception cause) =>
        new($"cannot call a service in '{call.Qube}': {reason}", ExitCode.QrexecTrouble, cause);

    private async Task<UnixVchan> AcceptAsync(
        HostClient client, ExecParameters guest, TimeSpan timeout, CancellationToken cancellation)
    {
        Directory.CreateDirectory(vchanDirectory);
        await using var listener = HostClient.Listen(vchanDirectory, guest);
        using var limit = new CancellationTokenSource(timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var accepting = listener.AcceptAsync(either.Token);
        var leaving = client.WaitForEndAsync(either.Token);
        try
        {
            // A short call can be over, and the daemon gone, before we look: then the connection waits in the listener's queue.
            if (await Task.WhenAny(accepting, leaving) == leaving && !accepting.IsCompleted && !leaving.IsCanceled)
                either.CancelAfter(TimeSpan.FromSeconds(1));
            return await accepting;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EndOfStreamException(limit.IsCancellationRequested
                ? $"the qube did not open the data connection within {timeout.TotalSeconds:0.#} s"
                : "the qube ended the call before it opened the data connection");
        }
        finally
        {
            await either.CancelAsync();
            await leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
