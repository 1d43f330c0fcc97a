using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Ports;

/// <summary>A guest's end of a data connection that this process bridges or serves itself: the channel that the guest is yet to open.</summary>
internal sealed class GuestEnd
{
    private readonly TaskCompletionSource<IVchan> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DataPort port = null!;

    /// <summary>The port that the guest and its peer share.</summary>
    public int Port => port.Number;

    /// <summary>An end at a port that <paramref name="take"/> finds; null if it finds none.</summary>
    public static GuestEnd? At(Func<Func<IVchan, Task>, DataPort?> take)
    {
        var end = new GuestEnd();
        if (take(end.ServeAsync) is not { } port)
            return null;
        end.port = port;
        return end;
    }

    /// <summary>The guest's channel, as soon as it has opened it. Called at most once.</summary>
    /// <exception cref="VchanClosedException">The guest let go of the connection instead, or its line is down.</exception>
    public async Task<IVchan> OpenAsync(CancellationToken cancel)
    {
        try
        {
            await Task.WhenAny(opened.Task, port.Ended).WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
        return opened.Task.IsCompletedSuccessfully
            ? new Connection(await opened.Task, done)
            : throw new VchanClosedException("the guest did not open the data connection");
    }

    /// <summary>Nobody wants the connection any more: a channel that is opened yet is closed at once.</summary>
    public void Abandon()
    {
        if (!opened.TrySetCanceled())
            _ = CloseAsync();
    }

    private async Task CloseAsync()
    {
        if (opened.Task.IsCompletedSuccessfully)
            await new Connection(await opened.Task, done).DisposeAsync();
    }

    private async Task ServeAsync(IVchan channel)
    {
        if (opened.TrySetResult(channel))
            await done.Task;
        else
            await channel.DisposeAsync();
    }

    /// <summary>The channel; its port is free again when it was closed here and the guest is done with it, too.</summary>
    private sealed class Connection(IVchan channel, TaskCompletionSource done) : IVchan
    {
        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel) => channel.ReadAsync(buffer, cancel);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => channel.WriteAsync(data, cancel);

        public async ValueTask DisposeAsync()
        {
            await channel.DisposeAsync();
            done.TrySetResult();
        }
    }
}
