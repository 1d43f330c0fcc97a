using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qubes.Plugins.Qemu.Text;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Qmp;

/// <summary>
/// The control connection to one QEMU. Commands may be sent from any thread; events are handled one by one, in order, on the
/// reading task, and before the answer of a command that caused them. When the connection ends, for whatever reason, every
/// command that waits fails at once.
/// </summary>
internal sealed class QmpConnection : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly Action<QmpMessage.Event> onEvent;
    private readonly SemaphoreSlim sending = new(1);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> waiting = new();
    private readonly CancellationTokenSource closing = new();
    private long lastId;
    private volatile bool isClosed;

    private QmpConnection(Stream stream, Action<QmpMessage.Event> onEvent)
    {
        this.stream = stream;
        this.onEvent = onEvent;
        Closed = Task.Run(ReadAsync);
    }

    /// <summary>Completes when nothing will come any more; never faults.</summary>
    public Task Closed { get; }

    /// <summary>Why it was closed; null when the other side simply ended it.</summary>
    public string? Fault { get; private set; }

    /// <summary>Connects and agrees on the protocol.</summary>
    /// <exception cref="QubeException">Nobody answers, or not in this language.</exception>
    public static async Task<QmpConnection> ConnectAsync(
        string path, Action<QmpMessage.Event> onEvent, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw e is SocketException ? new QubeException($"QEMU does not answer at {path}: {e.Message}") : e;
        }
        return await OpenAsync(new NetworkStream(socket, ownsSocket: true), onEvent, cancel).ConfigureAwait(false);
    }

    /// <summary>Agrees on the protocol over a stream, which it then owns.</summary>
    public static async Task<QmpConnection> OpenAsync(
        Stream stream, Action<QmpMessage.Event> onEvent, CancellationToken cancel)
    {
        var connection = new QmpConnection(stream, onEvent);
        try
        {
            await connection.ExecuteAsync("qmp_capabilities", cancel).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a command and returns its answer.</summary>
    /// <exception cref="QubeException">QEMU refuses it, with its own words, or the connection ends.</exception>
    public Task<JsonElement> ExecuteAsync(string command, CancellationToken cancel) => ExecuteAsync(command, null, cancel);

    /// <summary>Runs a command and returns its answer.</summary>
    /// <exception cref="QubeException">QEMU refuses it, with its own words, or the connection ends.</exception>
    public Task<JsonElement> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancel) =>
        ExecuteAsync(command, arguments, null, cancel);

    /// <summary>Runs a command that an open file goes with, which QEMU gets a descriptor of its own for.</summary>
    /// <exception cref="QubeException">QEMU refuses it, with its own words, or the connection ends.</exception>
    public async Task<JsonElement> ExecuteAsync(
        string command, JsonObject? arguments, SafeHandle? file, CancellationToken cancel)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        try
        {
            if (isClosed)
                throw Ended();
            await SendAsync(new QmpCommand(command, id, arguments), file, cancel).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
        await Closed.ConfigureAwait(false);
        closing.Dispose();
    }

    private async Task SendAsync(QmpCommand command, SafeHandle? file, CancellationToken cancel)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(command, QmpJson.Default.QmpCommand), (byte)'\n'];
        await sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (file is null)
                await stream.WriteAsync(line, cancel).ConfigureAwait(false);
            else
                DescriptorMessage.Send(((NetworkStream)stream).Socket, line, file);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Ended();
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var lines = new LineReader(stream);
            while (await lines.ReadAsync(closing.Token).ConfigureAwait(false) is { } line)
                Handle(QmpMessage.Parse(line));
        }
        catch (InvalidDataException e)
        {
            Fault = e.Message;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone, or the daemon lets go of it.
        }
        isClosed = true;
        await stream.DisposeAsync().ConfigureAwait(false);
        foreach (var answer in waiting.Values)
            answer.TrySetException(Ended());
    }

    private void Handle(QmpMessage message)
    {
        switch (message)
        {
            case QmpMessage.Event e:
                onEvent(e);
                break;
            case QmpMessage.Success success when waiting.TryGetValue(success.Id, out var answer):
                answer.TrySetResult(success.Value);
                break;
            case QmpMessage.Failure failure when waiting.TryGetValue(failure.Id, out var answer):
                answer.TrySetException(new QubeException("QEMU refuses: " + GuestText.Escape(failure.Description)));
                break;
            default:
                break; // The greeting, or the answer to a command that nobody waits for any more.
        }
    }

    private QubeException Ended() =>
        new(Fault is null ? "The machine has ended" : $"QEMU broke its protocol: {Fault}");
}
