using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Serving;

/// <summary>The control connection to the host's daemon, which the agent serves on port 512.</summary>
internal sealed class ControlConnection : ChannelUser
{
    private readonly ServiceCalls calls;
    private readonly MessageDecoder decoder = new();
    private readonly Queue<byte[]> pending = new();
    private int version;

    /// <summary>A fresh connection: the agent says HELLO first.</summary>
    public ControlConnection(AgentLink link, ServiceCalls calls)
        : base(link)
    {
        this.calls = calls;
        Send(QrexecMessage.EncodeHello(ProtocolVersion.Current));
    }

    /// <summary>A call's data connection has ended.</summary>
    public void Terminated(ExecParameters parameters) => Send(parameters.Encode(MessageType.ConnectionTerminated));

    /// <inheritdoc/>
    public override void Received(ReadOnlySpan<byte> data)
    {
        Link.Consume(Channel, data.Length);
        try
        {
            while (decoder.Read(ref data) is { } message)
                Take(message);
        }
        catch (QrexecViolationException e)
        {
            AgentLog.Write($"the control connection is closed: {e.Message}");
            Closed();
            Link.Close(Channel);
        }
    }

    /// <inheritdoc/>
    public override int Produce(Span<byte> room)
    {
        var used = 0;
        while (pending.TryPeek(out var message) && message.Length <= room.Length - used)
        {
            message.CopyTo(room[used..]);
            used += message.Length;
            pending.Dequeue();
        }

        return used;
    }

    /// <inheritdoc/>
    public override void Closed() => calls.ControlClosed(this);

    private void Take(QrexecMessage message)
    {
        if (version == 0)
        {
            version = decoder.Version = ProtocolVersion.Negotiate(message.ReadHello());
            return;
        }

        switch (message.Type)
        {
            case MessageType.ExecCmdline or MessageType.JustExec:
                calls.Start(ExecRequest.Parse(message.Body.Span), message.Type == MessageType.ExecCmdline);
                break;
            case MessageType.ServiceConnect or MessageType.ServiceRefused:
                AgentLog.Write("the host answered a call that nobody made");
                break;
            default:
                throw new QrexecViolationException($"message type 0x{(int)message.Type:x} does not belong here");
        }
    }

    private void Send(byte[] message)
    {
        pending.Enqueue(message);
        Link.Ready(this);
    }
}
