using System.Collections.Concurrent;
using System.Net.Sockets;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Tests.Bench;

/// <summary>
/// The qrexec daemon and agent of one qube, over real sockets: takes host clients, opens the data connection as a guest does, and
/// leaves what the service does to the test.
/// </summary>
internal sealed class QrexecQube : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ToolPaths paths;
    private readonly int id;
    private readonly Func<ServedCall, Task> serve;
    private readonly Task accepting;
    private int nextPort = QrexecLimits.FirstDataPort;

    public QrexecQube(ToolPaths paths, string name, Func<ServedCall, Task> serve, int id = 7)
    {
        (this.paths, this.id, this.serve) = (paths, id, serve);
        Directory.CreateDirectory(paths.QrexecDirectory);
        Directory.CreateDirectory(paths.VchanDirectory);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(paths.QrexecDirectory, "qrexec." + name)));
        listener.Listen();
        accepting = AcceptAsync();
    }

    /// <summary>Command texts in the order of their calls, with <c>just </c> before those that are only started.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await listener.AcceptAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var client = new MessageConnection(new UnixVchan(socket));
        await client.WriteAsync(QrexecMessage.EncodeHello(ProtocolVersion.HostSocket), default);
        if ((await client.ReadAsync(default))?.ReadHello() != ProtocolVersion.HostSocket || await client.ReadAsync(default) is not { } message)
            return;
        var request = ExecRequest.Parse(message.Body.Span);
        Calls.Enqueue((message.Type == MessageType.JustExec ? "just " : "") + request.Command);
        var port = Interlocked.Increment(ref nextPort);
        await client.WriteAsync(new ExecParameters(this.id, port).Encode(message.Type), default);
        var served = new ServedCall(VchanSocketPath.Of(this.paths.VchanDirectory, 0, this.id, port), request.Command, client);
        try
        {
            await this.serve(served);
        }
        catch (VchanClosedException)
        {
            served.CallerLeft = true;
        }
        finally
        {
            await served.DisposeAsync();
        }
    }
}
