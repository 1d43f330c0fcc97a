using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.HostClients;

// daemon → client  HELLO 3
// client → daemon  HELLO 3 or newer
// client → daemon  EXEC_CMDLINE or JUST_EXEC, connect_domain 0, connect_port 0 or a data port
// daemon → client  if the port was 0: the same type, with this guest's id and the port
// daemon closes when that data connection has ended                    (spec: protocol, section 4)
internal sealed class HostClient(
    Guest guest, MessageConnection agent, DataPorts ports, DataRelays relays, IKernelLoop loop, TimeProvider time, ILogger<HostClient> logger)
{
    /// <summary>For a client to say what it wants.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string DefaultUser = "DEFAULT";

    /// <summary>Holds the conversation; never throws. The caller disposes of the socket.</summary>
    public async Task ServeAsync(Socket socket, PeerCredentials peer, CancellationToken cancel)
    {
        await using var client = new MessageConnection(new UnixVchan(socket));
        DataPort? port = null;
        bool isGuestTold = false;
        try
        {
            if (await ReadRequestAsync(client, cancel) is not ({ } message, { } request))
                return;
            bool allocates = request.Parameters.Port == 0;
            Task Serve(IVchan channel) => relays.RunAsync(guest, channel, port!.Number, peer);
            port = allocates ? ports.Allocate(0, Serve) : ports.Take(new(0, request.Parameters.Port), Serve);
            if (port is null)
            {
                Log.NoPort(logger, guest.Name, request.Parameters.Port);
                return;
            }
            string command = await NameUserAsync(request.Command);
            if (allocates)
                await client.WriteAsync(new ExecParameters(guest.Id, port.Number).Encode(message.Type), cancel);
            isGuestTold = true;
            await agent.WriteAsync(new ExecRequest(new(0, port.Number), command).Encode(message.Type), cancel);
            Log.Executing(logger, guest.Name, port.Number, peer.Pid, peer.Uid);
            await Task.WhenAny(port.Ended, LeaveAsync(client, cancel));
        }
        catch (QrexecViolationException e)
        {
            Log.ClientViolation(logger, guest.Name, peer.Pid, new(e.Message));
        }
        catch (VchanClosedException)
        {
            Log.ClientLeft(logger, guest.Name, peer.Pid);
        }
        catch (ArgumentException e)
        {
            // With the user's name in it, the command is too long for a message.
            Log.ClientViolation(logger, guest.Name, peer.Pid, new(e.Message));
        }
        catch (OperationCanceledException)
        {
            Log.ClientLeft(logger, guest.Name, peer.Pid);
        }
        finally
        {
            if (port is not null && !isGuestTold)
                ports.Release(port);
        }
    }

    private async Task<(QrexecMessage?, ExecRequest?)> ReadRequestAsync(MessageConnection client, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        client.Version = ProtocolVersion.HostSocket;
        await client.WriteAsync(QrexecMessage.EncodeHello(ProtocolVersion.HostSocket), either.Token);
        if (await client.ReadAsync(either.Token) is not { } hello)
            return default;
        if (hello.ReadHello() is < ProtocolVersion.HostSocket and var version)
            throw new QrexecViolationException($"a host client speaks version 3 or newer, not {version}");
        if (await client.ReadAsync(either.Token) is not { } message)
            return default;
        // Guests' calls are answered by this process itself: none waits for a SERVICE_CONNECT of someone else.
        if (message.Type is not (MessageType.ExecCmdline or MessageType.JustExec))
            throw new QrexecViolationException($"a host client does not send type 0x{(int)message.Type:x} here");
        var request = ExecRequest.Parse(message.Body.Span);
        if (request.Parameters.Domain != 0)
            throw new QrexecViolationException("connections between two guests are not made; the host's domain is 0");
        return (message, request);
    }

    private async Task<string> NameUserAsync(string command)
    {
        if (!command.StartsWith(DefaultUser + ":", StringComparison.Ordinal))
            return command;
        string user = await loop.InvokeAsync(() => Task.FromResult(ServiceCommand.DefaultUser(guest.Qube)));
        return user + command[DefaultUser.Length..];
    }

    /// <summary>Returns when the client has left, which it may; whatever it still says is an end of it, too.</summary>
    private static async Task LeaveAsync(MessageConnection client, CancellationToken cancel)
    {
        try
        {
            await client.ReadAsync(cancel);
        }
        catch (Exception e) when (e is QrexecViolationException or OperationCanceledException)
        {
            // Nothing is due any more from it.
        }
    }
}
