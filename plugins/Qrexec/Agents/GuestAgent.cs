using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Lines;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>
/// The line to one guest's agent for the life of its machine: connected anew whenever it drops, but given up for good when
/// the guest breaks the protocol, which harms nobody but that guest.
/// </summary>
internal sealed class GuestAgent(
    Guest guest, AgentSessions sessions, CloneLines clones, LinkOptions options, TimeProvider time, ILogger<GuestAgent> logger) : IAsyncDisposable
{
    /// <summary>So that a guest that drops its line again and again does not keep the host busy.</summary>
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource over = new();
    private volatile AgentSession? session;

    /// <summary>Completes when the guest is not served any more; never faults. Valid once connected.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>The guest that it is the agent of.</summary>
    public Guest Guest => guest;

    /// <summary>The agent is there and speaks the protocol.</summary>
    public bool IsConnected => session is not null;

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="QubeException">No answer before <paramref name="cancel"/>, the machine ended, or no common language.</exception>
    public Task ConnectAsync(CancellationToken cancel) => BeginAsync(OpenAsync, cancel);

    /// <summary>Connects for the first time to a copy, once it has taken an identity. Later it is connected like any other.</summary>
    /// <exception cref="QubeException">It has not, or cannot be served.</exception>
    public Task ConnectCloneAsync(GuestIdentity identity, CancellationToken cancel) =>
        BeginAsync(token => OpenCloneAsync(identity, token), cancel);

    /// <summary>Has the guest made ready for being frozen. The agent is only to be disposed of afterwards.</summary>
    /// <exception cref="QubeException">It is not.</exception>
    public Task SealAsync(CancellationToken cancel) => session is { } current
        ? Sealing.RunAsync(guest.Name, current.SealAsync, cancel)
        : throw new QubeNotRunningException($"The agent of '{guest.Name}' is not connected.");

    /// <summary>Asks for a power-off; false when there is nobody to ask.</summary>
    public async Task<bool> RequestPowerOffAsync(CancellationToken cancel)
    {
        if (session is not { } current)
            return false;
        try
        {
            await current.RequestPowerOffAsync(cancel);
            return true;
        }
        catch (VchanClosedException)
        {
            return false;
        }
    }

    /// <summary>Tells the time; nothing when there is nobody to tell.</summary>
    public void SetClock(DateTimeOffset time) => session?.SetClock(time);

    /// <summary>Calls a service.</summary>
    /// <exception cref="QubeNotRunningException">The agent is not connected, or left before the service had ended.</exception>
    public async Task<GuestServiceResult> CallAsync(string command, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        if (session is not { } current)
            throw new QubeNotRunningException($"The agent of '{guest.Name}' is not connected.");
        try
        {
            return await current.CallAsync(command, input, cancel);
        }
        catch (VchanClosedException)
        {
            throw new QubeNotRunningException($"The agent of '{guest.Name}' left before the service had ended.");
        }
    }

    /// <summary>Starts a service for a caller elsewhere (<see cref="AgentSession.ExecuteAsync"/>).</summary>
    /// <exception cref="QubeNotRunningException">The agent is not connected.</exception>
    public async Task<GuestEnd> ExecuteAsync(int caller, string command, CancellationToken cancel)
    {
        try
        {
            if (session is { } current)
                return await current.ExecuteAsync(caller, command, cancel);
        }
        catch (VchanClosedException)
        {
            // It left just now.
        }
        throw new QubeNotRunningException($"The agent of '{guest.Name}' is not connected.");
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Completion;
    }

    private async Task BeginAsync(Func<CancellationToken, Task<AgentSession>> open, CancellationToken cancel)
    {
        _ = EndWithMachineAsync();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancel);
        try
        {
            CancellationToken token = either.Token;
            AgentSession first = await Task.Run(() => open(token), CancellationToken.None);
            session = first;
            Completion = Task.Run(() => ServeAsync(first), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            throw new QubeException(guest.Machine.Ended.IsCompleted
                ? $"The machine of '{guest.Name}' ended before its agent answered."
                : $"The agent of '{guest.Name}' did not answer in time.");
        }
        catch (QrexecViolationException e)
        {
            throw new QubeException($"The agent of '{guest.Name}' speaks another language: {e.Message}.");
        }
        catch (IOException e)
        {
            throw new QubeException($"The agent of '{guest.Name}' cannot be served: {e.Message}");
        }
    }

    private async Task EndWithMachineAsync()
    {
        await guest.Machine.Ended.ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    private async Task<AgentSession> OpenAsync(CancellationToken cancel)
    {
        while (true)
        {
            IGuestLine line = await OpenLineAsync(cancel);
            try
            {
                return await sessions.OpenAsync(guest, line, cancel);
            }
            catch (EndOfStreamException)
            {
                // The agent went away between its greeting and its HELLO.
                await line.DisposeAsync();
            }
            catch
            {
                await line.DisposeAsync();
                throw;
            }
            await Task.Delay(ReconnectPause, time, cancel);
        }
    }

    private async Task<AgentSession> OpenCloneAsync(GuestIdentity identity, CancellationToken cancel)
    {
        IGuestLine line = await clones.OpenAsync(guest, identity, OpenStreamAsync, cancel);
        try
        {
            return await sessions.OpenAsync(guest, line, cancel);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    private async Task<IGuestLine> OpenLineAsync(CancellationToken cancel) =>
        VchanLine.IsControl(guest.Machine.AgentSocketPath, guest.Id)
            ? await VchanLine.ConnectAsync(guest.Machine.AgentSocketPath, guest.Id, time, cancel)
            : new LinkLine(await LinkConnection.ConnectAsync(OpenStreamAsync, options, time, cancel));

    private ValueTask<Stream> OpenStreamAsync(CancellationToken cancel) => AgentSocket.OpenAsync(guest.Machine, cancel);

    private async Task ServeAsync(AgentSession first)
    {
        try
        {
            for (AgentSession current = first; ;)
            {
                Log.Connected(logger, guest.Name, guest.Id, current.Version);
                await current.RunAsync(over.Token);
                session = null;
                Log.Lost(logger, guest.Name);
                await Task.Delay(ReconnectPause, time, over.Token);
                session = current = await OpenAsync(over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The machine ended, or the daemon lets go of it.
        }
        catch (Exception e) when (e is QrexecViolationException or LinkViolationException)
        {
            Log.Violation(logger, guest.Name, new(e.Message));
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            Log.ServingFailed(logger, e, guest.Name);
        }
        finally
        {
            session = null;
        }
    }
}
