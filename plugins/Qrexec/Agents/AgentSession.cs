using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.HostClients;
using Qubes.Plugins.Qrexec.Lines;
using Qubes.Plugins.Qrexec.Memory;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Data;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>One uninterrupted conversation with an agent; the guest's sockets on the host exist as long as it does.</summary>
internal sealed class AgentSession(
    Guest guest, IGuestLine line, MessageConnection control, DataPorts ports, HostServer server, CallIntake calls,
    MemoryReports reports, ILogger<AgentSession> logger)
{
    private readonly Lock accepting = new();
    private readonly CallPace pace = calls.NewPace();

    /// <summary>The version of the protocol that is spoken.</summary>
    public int Version => control.Version;

    /// <summary>Cancelled when the line is down, or let go of.</summary>
    public CancellationToken Ended { get; private set; }

    /// <exception cref="VchanClosedException">The line is down.</exception>
    public Task RequestPowerOffAsync(CancellationToken cancel) => line.RequestPowerOffAsync(cancel);

    /// <inheritdoc cref="IGuestLine.SealAsync"/>
    public Task SealAsync(CancellationToken cancel) => line.SealAsync(cancel);

    public void SetClock(DateTimeOffset time) => line.TellTime(time);

    /// <summary>Calls a service on the daemon's own behalf.</summary>
    /// <exception cref="VchanClosedException">The line is down, or went down before the service had ended.</exception>
    /// <exception cref="QubesException">All ports are in use.</exception>
    public async Task<GuestServiceResult> CallAsync(string command, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        var call = new DaemonCall(input, cancel);
        DataPort port = ports.Allocate(0, call.ServeAsync)
            ?? throw NoPort();
        Log.DaemonCalls(logger, guest.Name, port.Number);
        await SendAsync(new ExecRequest(new(0, port.Number), command).Encode(MessageType.ExecCmdline), cancel);
        await Task.WhenAny(call.Result, port.Ended).WaitAsync(cancel);
        // A port that ended before its channel was opened: the agent could not start anything.
        GuestServiceResult result = call.Result.IsCompleted ? await call.Result : DaemonCall.NotServed;
        return result.ExitCode == ExitCodeReader.Lost && line.IsDown ? throw new VchanClosedException("the line to the guest is down") : result;
    }

    /// <summary>Starts a service for a caller elsewhere and returns the end of the data connection that the guest will open.</summary>
    /// <param name="caller">The caller's domain id; 0 for the host.</param>
    /// <param name="command">The service, and the user that it runs as.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VchanClosedException">The line is down.</exception>
    /// <exception cref="QubesException">All ports are in use.</exception>
    public async Task<GuestEnd> ExecuteAsync(int caller, string command, CancellationToken cancel)
    {
        GuestEnd end = GuestEnd.At(serve => ports.Allocate(caller, serve))
            ?? throw NoPort();
        await SendAsync(new ExecRequest(new(caller, end.Port), command).Encode(MessageType.ExecCmdline), cancel);
        return end;
    }

    /// <summary>The end of a data connection that the guest will open as a caller; null if there is no port for it.</summary>
    /// <param name="peer">The peer's domain id.</param>
    /// <param name="port">The peer's port; 0: any.</param>
    public GuestEnd? Expect(int peer, int port) =>
        GuestEnd.At(serve =>
            port == 0 ? ports.Allocate(peer, serve, guestServes: true) : ports.Take(new(peer, port), serve, guestServes: true));

    /// <exception cref="VchanClosedException">The line is down.</exception>
    public Task AcceptAsync(ServiceConnect answer, CancellationToken cancel) => SendAsync(answer.Encode(), cancel);

    /// <exception cref="VchanClosedException">The line is down.</exception>
    public Task RefuseAsync(RequestId call, CancellationToken cancel) => SendAsync(call.EncodeRefused(), cancel);

    /// <summary>Serves until the line drops, and takes everything down then. Called once.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="QrexecViolationException">The guest broke the protocol.</exception>
    /// <exception cref="LinkViolationException">The guest broke the link's rules.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Ended = ending.Token;
        Task serving = server.RunAsync(ending.Token);
        Task opening = AcceptChannelsAsync(ending.Token);
        Task reading = ReadControlAsync(ending.Token);
        Task reporting = reports.RunAsync(guest, line, ending.Token);
        await Task.WhenAny(reading, line.Completion);

        await ending.CancelAsync();
        bool lineWasDown = line.IsDown;
        await line.DisposeAsync();
        ports.Close();
        await Task.WhenAll(serving, opening, reading, reporting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await control.DisposeAsync();

        cancel.ThrowIfCancellationRequested();
        await line.Completion;
        // A message that is cut because the whole line went down is no fault of the guest's.
        if (!lineWasDown && reading.IsFaulted)
            await reading;
    }

    private Exception NoPort() => line.IsDown
        ? new VchanClosedException("the line to the guest is down")
        : new QubesException($"'{guest.Name}' serves as many calls as it can already");

    // Whoever gives up waiting must not leave half a message behind.
    private Task SendAsync(byte[] message, CancellationToken cancel) =>
        control.WriteAsync(message, CancellationToken.None).AsTask().WaitAsync(cancel);

    private async Task ReadControlAsync(CancellationToken cancel)
    {
        while (await control.ReadAsync(cancel) is { } message)
        {
            switch (message.Type)
            {
                case MessageType.ConnectionTerminated:
                    Terminate(ExecParameters.Read(message.Body.Span));
                    break;
                case MessageType.TriggerService or MessageType.TriggerService3 or MessageType.TriggerService4:
                    await pace.KeepAsync(cancel);
                    await calls.TakeAsync(guest, this, pace, TriggerRequest.Parse(message.Type, control.Version, message.Body.Span), cancel);
                    break;
                default:
                    throw new QrexecViolationException($"an agent does not send type 0x{(int)message.Type:x}");
            }
        }
    }

    private void Terminate(ExecParameters connection)
    {
        if (!connection.HasDataPort)
            throw new QrexecViolationException($"port {connection.Port} is no data port");
        lock (accepting)
        {
            // The connection was opened before its end was told, but over another channel: it may still wait there.
            AcceptChannels();
            if (ports.Find(new(connection.Domain, connection.Port)) is { } port)
                _ = EndAsync(port);
            else
                Log.UnknownConnectionEnded(logger, guest.Name, connection.Domain, connection.Port);
        }
    }

    private async Task EndAsync(DataPort port)
    {
        await line.SettleAsync(port.Address);
        AcceptChannels();
        await ports.EndAsync(port);
    }

    private async Task AcceptChannelsAsync(CancellationToken cancel)
    {
        while (await line.WaitAsync(cancel))
            AcceptChannels();
    }

    private void AcceptChannels()
    {
        // Under a lock, so that a channel taken off the queue has found its port when the lock is free.
        lock (accepting)
        {
            while (line.TryTake(out VchanAddress address, out IVchan? channel))
            {
                if (ports.Find(address) is not { } port || !port.TryBegin(channel))
                {
                    Log.ChannelRefused(logger, guest.Name, address.Domain, address.Port);
                    _ = channel.DisposeAsync().AsTask();
                }
            }
        }
    }
}
