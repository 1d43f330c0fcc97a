using System.Net.Sockets;
using Qubes.Plugins.AdminApi.Sockets;

namespace Qubes.Plugins.AdminApi.Streams;

/// <summary>
/// One connection's event stream: opened when a streaming method is called on it, over when the client leaves, falls
/// behind, or the daemon stops.
/// </summary>
internal sealed class StreamSession(Socket socket, HangUpWatch hangUps, CancellationToken stopping) : IAsyncDisposable
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
        watch = hangUps.Watch(socket, End);
        EventStream stream = Stream;
        sending = Task.Run(() => SendAsync(stream), CancellationToken.None);
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

    private async Task SendAsync(EventStream stream)
    {
        try
        {
            await stream.SendAllAsync(socket, Over);
        }
        catch (OperationCanceledException)
        {
            // The stream is over.
        }
        catch (SocketException)
        {
            End();
        }
    }
}
