using System.Net.Sockets;

namespace Qubes.Plugins.AdminApi.Streams;

/// <summary>
/// One caller's event stream: opened when a streaming method is called, over when the client leaves, falls behind, or the
/// daemon stops.
/// </summary>
internal abstract class StreamSession(CancellationToken stopping) : IAsyncDisposable
{
    // Most calls are no streams.
    private CancellationTokenSource? over;
    private IDisposable? watch;
    private Task sending = Task.CompletedTask;

    /// <summary>Cancelled when the stream is over.</summary>
    public CancellationToken Over => over?.Token ?? stopping;

    /// <summary>The stream; null when the call is not a streaming one.</summary>
    public EventStream? Stream { get; private set; }

    /// <summary>Starts the stream with <c>connection-established</c>. Called once, on the kernel loop.</summary>
    public EventStream Open()
    {
        over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Stream = new EventStream(End);
        Stream.Write(subject: null, "connection-established");
        watch = Watch(End);
        EventStream stream = Stream;
        sending = Task.Run(() => SendAllAsync(stream), CancellationToken.None);
        return Stream;
    }

    /// <summary>Sends what is still queued. An end of the stream for another reason drops it.</summary>
    public async Task FlushAsync()
    {
        Stream?.Complete();
        await sending;
    }

    public async ValueTask DisposeAsync()
    {
        if (over is null)
            return;
        await over.CancelAsync();
        await sending;
        watch?.Dispose();
        over.Dispose();
    }

    /// <summary>Sends bytes of the stream.</summary>
    /// <exception cref="SocketException">The client has gone.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    protected abstract Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel);

    /// <summary>Calls once when the client has gone, as far as that does not show in what is sent; null where nothing can tell.</summary>
    protected abstract IDisposable? Watch(Action gone);

    private void End()
    {
        // Handlers that wait for the end go on elsewhere, not in the middle of whoever fired the event or of the watch.
        ThreadPool.UnsafeQueueUserWorkItem(static source => Cancel(source!), over, preferLocal: false);
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection was over before this ran.
        }
    }

    private async Task SendAllAsync(EventStream stream)
    {
        try
        {
            await stream.SendAllAsync(SendAsync, Over);
        }
        catch (OperationCanceledException)
        {
            // The stream is over.
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            End();
        }
    }
}
