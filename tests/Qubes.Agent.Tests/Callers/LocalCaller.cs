using System.Net.Sockets;
using Qubes.Agent.Tests.Serving;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Callers;

/// <summary>A program of a guest that asks its agent for calls, by the specification alone.</summary>
internal sealed class LocalCaller : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string vchans;

    private LocalCaller(string vchans) => this.vchans = vchans;

    public static async Task<LocalCaller> ConnectAsync(AgentProcess agent)
    {
        var caller = new LocalCaller(agent.Vchans);
        await caller.socket.ConnectAsync(new UnixDomainSocketEndPoint(agent.ClientSocket));
        return caller;
    }

    public static async Task<LocalCaller> AskAsync(AgentProcess agent, string service, string target = "vm", string source = "")
    {
        var caller = await ConnectAsync(agent);
        await caller.SendAsync(new TriggerRequest(source, target, RequestId.FromText("SOCKET"), service, null).Encode());
        return caller;
    }

    public Task SendAsync(byte[] bytes) => socket.SendAsync(bytes).WaitAsync(Limit);

    /// <summary>Where to serve; null: the call is refused.</summary>
    public async Task<ExecParameters?> ReadAnswerAsync()
    {
        var answer = new byte[9];
        try
        {
            var count = await socket.ReceiveAsync(answer).WaitAsync(Limit);
            return count == 0 ? null : ExecParameters.Read(answer.AsSpan(0, count));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Serves the vchan of the call, in the way of upstream's library: the path is there before it listens.</summary>
    public async Task<UnixVchan> ServeAsync(ExecParameters peer)
    {
        await using var listener = new UnixVchanListener(VchanSocketPath.Of(vchans, 0, peer.Domain, peer.Port));
        using var patience = new CancellationTokenSource(Limit);
        return await listener.AcceptAsync(patience.Token);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
