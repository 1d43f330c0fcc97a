namespace Qubes.Qrexec.Link;

/// <summary>How a host connects to a link.</summary>
public sealed record LinkOptions
{
    /// <summary>
    /// Bytes that the guest may send ahead on each channel, 4 KiB to 16 MiB; also the most that a channel whose reader
    /// stalls keeps in memory.
    /// </summary>
    public int Window { get; init; } = 512 * 1024;

    /// <summary>How long to wait for the guest's greeting before the attempt counts as failed.</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause between attempts of <see cref="LinkConnection.ConnectAsync(Func{CancellationToken, ValueTask{Stream}}, LinkOptions, TimeProvider, CancellationToken)"/>.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(20);
}
