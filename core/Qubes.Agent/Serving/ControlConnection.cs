using Qubes.Qrexec.Protocol;

namespace Qubes.Agent.Serving;

/// <summary>One daemon's control connection, which the agent serves on port 512.</summary>
internal sealed class ControlConnection : ChannelUser
{
    private readonly ControlLine line;
    private readonly MessageDecoder decoder = new();
    private readonly Queue<ReadOnlyMemory<byte>> pending = new();

    /// <summary>A fresh connection: the agent says HELLO first.</summary>
    public ControlConnection(ControlLine line)
    {
        this.line = line;
        pending.Enqueue(QrexecMessage.EncodeHello(ProtocolVersion.Current));
    }

    /// <summary>The version spoken; 0 before the daemon's HELLO.</summary>
    public int Version { get; private set; }

    /// <summary>Sends a message in its wire form.</summary>
    public void Send(byte[] message)
    {
        pending.Enqueue(message);
        Pipe.Ready();
    }

    /// <inheritdoc/>
    public override void Received(ReadOnlySpan<byte> data)
    {
        Pipe.Consume(data.Length);
        try
        {
            while (decoder.Read(ref data) is { } message)
                Take(message);
        }
        catch (QrexecViolationException e)
        {
            AgentLog.Write($"the control connection is closed: {e.Message}");
            Closed();
            Pipe.Close();
        }
    }

    /// <inheritdoc/>
    public override int Produce(Span<byte> room)
    {
        var used = 0;
        while (used < room.Length && pending.TryDequeue(out var message))
        {
            var count = Math.Min(message.Length, room.Length - used);
            message.Span[..count].CopyTo(room[used..]);
            used += count;
            if (count < message.Length)
                PutBack(message[count..]);
        }

        return used;
    }

    /// <inheritdoc/>
    public override void Closed() => line.Drop(this);

    private void Take(QrexecMessage message)
    {
        if (Version > 0)
        {
            line.Take(message);
            return;
        }

        Version = decoder.Version = ProtocolVersion.Negotiate(message.ReadHello());
        line.Greet();
    }

    // The rest of a message that did not fit goes before everything that waits behind it.
    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        var behind = pending.Count;
        pending.Enqueue(rest);
        for (var i = 0; i < behind; i++)
            pending.Enqueue(pending.Dequeue());
    }
}
