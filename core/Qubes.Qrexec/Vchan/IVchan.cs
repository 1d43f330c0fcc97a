namespace Qubes.Qrexec.Vchan;

/// <summary>
/// A vchan: a reliable, ordered byte pipe in both directions, without message borders, that closes as a whole (spec:
/// protocol, section 1). One read and one write may be under way at a time. Disposing closes it; the peer still receives
/// all that was written before.
/// </summary>
public interface IVchan : IAsyncDisposable
{
    /// <summary>
    /// Reads at least one byte into a buffer that is not empty; 0 once the peer has closed and everything it had written
    /// was read, or the connection was lost.
    /// </summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel);

    /// <summary>
    /// Writes all of the data; waits while the peer has no room. Cancelling leaves an unknown part of it written: close then.
    /// </summary>
    /// <exception cref="VchanClosedException">The peer has closed, or the connection was lost.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel);
}
