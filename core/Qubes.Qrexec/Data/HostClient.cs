using System.Net.Sockets;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Qrexec.Data;

/// <summary>
/// A host client's conversation with the daemon of a qube (spec: protocol, section 4). Keep it open as long as the call
/// matters: its end is how the daemon and the client learn of each other's.
/// </summary>
public sealed class HostClient : IAsyncDisposable
{
    private readonly MessageConnection connection;

    private HostClient(MessageConnection connection) => this.connection = connection;

    /// <summary>Connects to <c>DIR/qrexec.NAME</c> and exchanges HELLO.</summary>
    /// <exception cref="SocketException">The daemon is not there: the qube has no agent connected.</exception>
    /// <exception cref="QrexecViolationException">The daemon said something unexpected, or less than version 3.</exception>
    /// <exception cref="EndOfStreamException">The daemon closed instead.</exception>
    public static async Task<HostClient> ConnectAsync(string socketPath, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var client = new HostClient(new MessageConnection(new UnixVchan(socket)));
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel).ConfigureAwait(false);
            var version = (await client.ReadAsync(cancel).ConfigureAwait(false)).ReadHello();
            if (version < ProtocolVersion.HostSocket)
                throw new QrexecViolationException($"the daemon speaks version {version}; {ProtocolVersion.HostSocket} is due");
            await client.connection.WriteAsync(QrexecMessage.EncodeHello(ProtocolVersion.HostSocket), cancel).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Sends EXEC_CMDLINE or JUST_EXEC and returns the qube's id and the data port that the daemon chose. The peer's id of the
    /// request is the domain that will serve the data connection: 0 for this client itself, then listen with <see cref="Listen"/>.
    /// </summary>
    /// <exception cref="EndOfStreamException">The daemon refused by closing.</exception>
    public async Task<ExecParameters> StartAsync(MessageType type, ExecRequest request, CancellationToken cancel)
    {
        await connection.WriteAsync(request.Encode(type), cancel).ConfigureAwait(false);
        return await ReadReplyAsync(type, cancel).ConfigureAwait(false);
    }

    /// <summary>Sends SERVICE_CONNECT; with port 0 the daemon chooses one and its answer is returned, otherwise null.</summary>
    /// <exception cref="EndOfStreamException">The daemon refused by closing.</exception>
    public async Task<ExecParameters?> ConnectServiceAsync(ServiceConnect request, CancellationToken cancel)
    {
        await connection.WriteAsync(request.Encode(), cancel).ConfigureAwait(false);
        return request.Parameters.Port != 0 ? null : await ReadReplyAsync(MessageType.ServiceConnect, cancel).ConfigureAwait(false);
    }

    /// <summary>Listens for the data connection of a call by this client, which is its vchan server.</summary>
    /// <param name="vchanDirectory">Where vchan sockets are.</param>
    /// <param name="guest">What the daemon answered.</param>
    public static UnixVchanListener Listen(string vchanDirectory, ExecParameters guest) =>
        new(VchanSocketPath.Of(vchanDirectory, 0, guest.Domain, guest.Port));

    /// <summary>Waits until the daemon closes: the data connection has ended on the guest's side, or the agent is gone.</summary>
    public async Task WaitForEndAsync(CancellationToken cancel)
    {
        while (await connection.ReadAsync(cancel).ConfigureAwait(false) is not null)
        {
            // The daemon has nothing more to say; if it does, that is no reason to leave early.
        }
    }

    /// <summary>Leaves.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<ExecParameters> ReadReplyAsync(MessageType type, CancellationToken cancel)
    {
        var reply = await ReadAsync(cancel).ConfigureAwait(false);
        if (reply.Type != type)
            throw new QrexecViolationException($"the daemon answered with type 0x{(int)reply.Type:x}");
        var result = ExecParameters.Read(reply.Body.Span);
        return result.HasDataPort ? result : throw new QrexecViolationException($"the daemon chose port {result.Port}");
    }

    private async Task<QrexecMessage> ReadAsync(CancellationToken cancel) =>
        await connection.ReadAsync(cancel).ConfigureAwait(false)
        ?? throw new EndOfStreamException("the qrexec daemon closed the connection");
}
