using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Threading.Channels;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Lines;

/// <summary>
/// Vchans that are Unix sockets, one each, as <c>libvchan-socket</c> makes them (spec: protocol, section 1): an agent built on
/// that talks to this daemon. A caller serves its vchans; for a service, the daemon does in the caller's place.
/// </summary>
internal sealed class VchanLine : IGuestLine
{
    /// <summary>How long a connection may be on its way after its end was told.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    private readonly string directory;
    private readonly int guest;
    private readonly TimeProvider time;
    private readonly WatchedControl control;
    private readonly CancellationTokenSource down = new();
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(VchanAddress Address, IVchan Vchan)> opened = Channel.CreateUnbounded<(VchanAddress, IVchan)>();
    private readonly ConcurrentDictionary<VchanAddress, Task> opening = [];

    private VchanLine(string directory, int guest, UnixVchan control, TimeProvider time)
    {
        (this.directory, this.guest, this.time) = (directory, guest, time);
        this.control = new WatchedControl(control, this);
    }

    public bool IsDown => down.IsCancellationRequested;

    public Task Completion => completion.Task;

    /// <summary>Whether an agent's socket is a control vchan, and whose.</summary>
    public static bool IsControl(string socketPath, int guest) =>
        socketPath.Length > 0 && Path.GetFileName(socketPath) == Path.GetFileName(VchanSocketPath.Of("", guest, 0, QrexecLimits.ControlPort));

    /// <summary>Connects as soon as the agent serves its control vchan.</summary>
    /// <exception cref="OperationCanceledException">It did not before <paramref name="cancel"/>.</exception>
    /// <exception cref="SocketException">Trouble with the path.</exception>
    public static async Task<VchanLine> ConnectAsync(string socketPath, int guest, TimeProvider time, CancellationToken cancel) =>
        new(Path.GetDirectoryName(socketPath)!, guest, await UnixVchan.ConnectAsync(socketPath, time, cancel), time);

    public IVchan OpenControl() => control;

    public void Await(VchanAddress address, bool guestServes) =>
        opening[address] = guestServes ? ConnectAsync(address) : ListenAsync(address, ServerFor(address));

    public bool TryTake(out VchanAddress address, [NotNullWhen(true)] out IVchan? vchan)
    {
        bool isOne = opened.Reader.TryRead(out var next);
        (address, vchan) = next;
        return isOne;
    }

    public ValueTask<bool> WaitAsync(CancellationToken cancel) => opened.Reader.WaitToReadAsync(cancel);

    public async Task SettleAsync(VchanAddress address)
    {
        if (!opening.TryRemove(address, out Task? task))
            return;
        try
        {
            await task.WaitAsync(Lag, time);
        }
        catch (TimeoutException)
        {
            // It was never opened.
        }
    }

    public Task RequestPowerOffAsync(CancellationToken cancel) =>
        throw new VchanClosedException("an agent behind a Unix-socket vchan cannot be asked to power off");

    public Task SealAsync(CancellationToken cancel) =>
        throw new NotSupportedException("an agent over Unix-socket vchans cannot be sealed");

    public void TellTime(DateTimeOffset time)
    {
        // Such a guest keeps its own time.
    }

    // Such a guest has no way to tell.
    public bool AskForMemoryReports(TimeSpan period) => false;

    public ChannelReader<long> MemoryReports { get; } = Channel.CreateBounded<long>(1).Reader;

    public async ValueTask DisposeAsync()
    {
        await down.CancelAsync();
        await Task.WhenAll(opening.Values);
        opened.Writer.TryComplete();
        while (opened.Reader.TryRead(out var unwanted))
            await unwanted.Vchan.DisposeAsync();
        completion.TrySetResult();
    }

    private UnixVchanListener? ServerFor(VchanAddress address)
    {
        try
        {
            return new UnixVchanListener(VchanSocketPath.Of(directory, address.Domain, guest, address.Port));
        }
        catch (SocketException)
        {
            // The guest finds nobody there, and gives the connection up.
            return null;
        }
    }

    private async Task ListenAsync(VchanAddress address, UnixVchanListener? listener)
    {
        if (listener is null)
            return;
        await using (listener)
            await OpenAsync(address, () => listener.AcceptAsync(down.Token));
    }

    private Task ConnectAsync(VchanAddress address) => OpenAsync(address, () => UnixVchan.ConnectAsync(
        VchanSocketPath.Of(directory, guest, address.Domain, address.Port), time, down.Token));

    private async Task OpenAsync(VchanAddress address, Func<Task<UnixVchan>> open)
    {
        try
        {
            UnixVchan vchan = await open();
            if (!opened.Writer.TryWrite((address, vchan)))
                await vchan.DisposeAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The line is down, or the path is not a socket that can be used: no connection comes of it.
        }
    }

    /// <summary>The control connection: its end is the line's.</summary>
    private sealed class WatchedControl(UnixVchan vchan, VchanLine line) : IVchan
    {
        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
        {
            int count = await vchan.ReadAsync(buffer, cancel);
            if (count == 0)
                line.completion.TrySetResult();
            return count;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel) => vchan.WriteAsync(data, cancel);

        public ValueTask DisposeAsync() => vchan.DisposeAsync();
    }
}
