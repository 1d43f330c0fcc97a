using System.Threading.Channels;
using Qubes.Plugins.Qrexec.Calls;
using Qubes.Qrexec.Link;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>
/// Has copies that no qube has yet go through everything that their callers would wait for: identity, a call, its end. What comes of the
/// call is of no interest; that the guest can be sealed again is. A guest that breaks the protocol meanwhile is nobody's.
/// </summary>
internal sealed class CopyRehearsals(CloneLines clones, RehearsedStreams streams)
{
    private const string Name = "disposable";
    private const string Service = "qubes.WaitForRunningSystem";

    /// <exception cref="QubeException">It did not go to the end.</exception>
    public async Task RunAsync(IMachine machine, string user, CancellationToken cancel)
    {
        Stream? stream = null;
        try
        {
            stream = await AgentSocket.OpenAsync(machine, cancel);
            await PlayAsync(stream, user, cancel);
            streams.Keep(machine, stream);
            stream = null;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or QrexecViolationException or VchanClosedException or ChannelClosedException)
        {
            throw new QubeException($"A copy did not rehearse to the end: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new QubeException("A copy did not rehearse to the end: it took too long");
        }
        finally
        {
            if (stream is not null)
                await stream.DisposeAsync();
        }
    }

    private async Task PlayAsync(Stream stream, string user, CancellationToken cancel)
    {
        IdentifiedLink copy = await clones.IdentifyAsync(new GuestIdentity(Name, QubeClass.DispVM, user), _ => new(stream), leaveOpen: true, cancel);
        await using LinkConnection link = copy.Link;
        await using MessageConnection control = await AgentSessions.GreetAsync(() => copy.First, cancel);
        await CallAsync(link, control, user, cancel);
        await Sealing.RunAsync(Name, link.SealAsync, cancel);
    }

    private static async Task CallAsync(LinkConnection link, MessageConnection control, string user, CancellationToken cancel)
    {
        var address = new VchanAddress(0, QrexecLimits.FirstDataPort);
        var request = new ExecRequest(new(address.Domain, address.Port), ServiceCommand.For(user, Service));
        await control.WriteAsync(request.Encode(MessageType.ExecCmdline), cancel);
        Task serving = ServeAsync(link, address, cancel);
        // Told of every call, even of one that could not be started.
        if (await control.ReadAsync(cancel) is not { Type: MessageType.ConnectionTerminated })
            throw new QrexecViolationException("the agent said something else than that the call had ended");
        if (serving.IsFaulted)
            await serving;
    }

    private static async Task ServeAsync(LinkConnection link, VchanAddress address, CancellationToken cancel)
    {
        LinkChannel channel = await link.Incoming.ReadAsync(cancel);
        if (channel.Address != address)
        {
            await channel.DisposeAsync();
            throw new QrexecViolationException($"the agent opened {channel.Address.Domain}:{channel.Address.Port}, which nobody waits for");
        }
        await new DaemonCall(ReadOnlyMemory<byte>.Empty, cancel).ServeAsync(channel);
    }
}
