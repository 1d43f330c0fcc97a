using Qubes.Agent.Tests.Serving;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Tests.Callers;

/// <summary>What the host does for calls that begin in a guest.</summary>
internal static class HostSide
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<QrexecMessage> ReadAsync(this AgentProcess agent) =>
        (await agent.Control.ReadAsync(default).AsTask().WaitAsync(Limit))!;

    /// <summary>The next call that the guest asks for.</summary>
    public static async Task<TriggerRequest> TakeCallAsync(this AgentProcess agent)
    {
        var message = await agent.ReadAsync();
        return TriggerRequest.Parse(message.Type, agent.Control.Version, message.Body.Span);
    }

    public static Task AnswerAsync(this AgentProcess agent, RequestId id, int domain, int port) =>
        agent.Control.WriteAsync(new ServiceConnect(new ExecParameters(domain, port), id).Encode(), default).AsTask().WaitAsync(Limit);

    /// <summary>The channel that the agent opens to the peer of a call.</summary>
    public static async Task<LinkChannel> TakeChannelAsync(this AgentProcess agent, int domain, int port)
    {
        var channel = await agent.Link.Incoming.ReadAsync().AsTask().WaitAsync(Limit);
        Assert.Equal(new VchanAddress(domain, port), channel.Address);
        return channel;
    }

    /// <summary>The agent tells that a data connection has ended.</summary>
    public static async Task ExpectEndAsync(this AgentProcess agent, int domain, int port)
    {
        var message = await agent.ReadAsync();
        Assert.Equal(MessageType.ConnectionTerminated, message.Type);
        Assert.Equal(new ExecParameters(domain, port), ExecParameters.Read(message.Body.Span));
    }

    public static async Task<byte[]> ReadToEndAsync(this IVchan vchan)
    {
        var all = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await vchan.ReadAsync(buffer, default).AsTask().WaitAsync(Limit) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    public static Task SendAsync(this IVchan vchan, byte[] data) => vchan.WriteAsync(data, default).AsTask().WaitAsync(Limit);
}
