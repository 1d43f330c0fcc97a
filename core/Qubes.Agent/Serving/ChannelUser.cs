namespace Qubes.Agent.Serving;

/// <summary>Whoever uses a vchan.</summary>
internal abstract class ChannelUser
{
    /// <summary>Every user that is asked to produce has so much room.</summary>
    public const int LeastRoom = 64;

    /// <summary>Bytes that a user may have to keep, since its peer may send so many ahead.</summary>
    public const int MostReceived = 512 * 1024;

    /// <summary>Its way to the peer; set once, by the transport, before anything else happens.</summary>
    public IPipe Pipe { get; set; } = null!;

    /// <summary>Bytes arrived; each has to be given to <see cref="IPipe.Consume"/> once it is out of the way.</summary>
    public abstract void Received(ReadOnlySpan<byte> data);

    /// <summary>
    /// Writes up to one frame of what it wants to send and returns how many bytes that were; 0 = nothing now, so it is not asked
    /// again before <see cref="IPipe.Ready"/>. There is room for at least <see cref="LeastRoom"/> bytes.
    /// </summary>
    public abstract int Produce(Span<byte> room);

    /// <summary>The vchan is of no use any more: the peer closed it, or went away.</summary>
    public abstract void Closed();
}
