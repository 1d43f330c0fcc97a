using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Admin;

/// <summary>
/// Makes calls to the daemon, one connection each, as the source <c>dom0</c> (spec: Admin API, sections 1–3 and 5).
/// </summary>
/// <param name="socket">The socket to call at instead of the Admin API's, such as the internal one (section 9).</param>
internal sealed class AdminClient(ToolPaths paths, string? socket = null)
{
    /// <summary>Bytes that an answer may have; a list of ten thousand qubes has about one million.</summary>
    public const int MaximumAnswer = 64 << 20;

    private const string Dom0 = "dom0";

    private readonly string path = socket ?? paths.AdminSocket;

    /// <summary>Makes a call and returns the result's bytes.</summary>
    /// <param name="method">E.g. <c>admin.vm.Start</c>.</param>
    /// <param name="argument">What follows <c>+</c>; empty for none.</param>
    /// <param name="destination">A qube's name, <c>dom0</c> for calls about the whole system.</param>
    /// <exception cref="AdminException">The daemon refused or failed.</exception>
    /// <exception cref="ToolException">The daemon cannot be reached, or its answer is not one.</exception>
    public async Task<ReadOnlyMemory<byte>> CallBytesAsync(
        string method, string argument, string destination, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        using var connection = await SendAsync(method, argument, destination, payload, cancellation);
        var answer = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == answer.Length)
            {
                if (length >= MaximumAnswer)
                    throw new MalformedAnswerException($"the answer to {method} is longer than {MaximumAnswer} bytes");
                Array.Resize(ref answer, length * 2);
            }

            var read = await ReceiveAsync(connection, answer.AsMemory(length), method, cancellation);
            if (read == 0)
                return AdminResponse.Parse(answer.AsMemory(0, length), method);
            length += read;
        }
    }

    /// <summary>The same with texts.</summary>
    public async Task<string> CallAsync(
        string method, string destination, string argument = "", string payload = "", CancellationToken cancellation = default) =>
        Encoding.UTF8.GetString(
            (await CallBytesAsync(method, argument, destination, Encoding.UTF8.GetBytes(payload), cancellation)).Span);

    /// <summary>Makes a call about the whole system (destination <c>dom0</c>).</summary>
    public Task<string> CallSystemAsync(
        string method, string argument = "", string payload = "", CancellationToken cancellation = default) =>
        CallAsync(method, Dom0, argument, payload, cancellation);

    /// <summary>Makes a call that answers with events, until the daemon ends the stream.</summary>
    /// <exception cref="AdminException">The daemon refused, or the work behind the stream failed.</exception>
    public async IAsyncEnumerable<AdminEvent> StreamAsync(
        string method, string destination, string argument = "", string payload = "",
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var connection = await SendAsync(method, argument, destination, Encoding.UTF8.GetBytes(payload), cancellation);
        var reader = new EventReader(method);
        while (await ReceiveAsync(connection, reader.Room(), method, cancellation) is > 0 and var read)
        {
            reader.Added(read);
            while (reader.TryTake(out var taken))
                yield return taken!;
        }

        reader.Finish();
    }

    private async Task<Socket> SendAsync(
        string method, string argument, string destination, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var request = AdminRequest.Build(method, argument, destination, payload.Span);
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            for (var sent = 0; sent < request.Length;)
                sent += await connection.SendAsync(request.AsMemory(sent), cancellation);
            connection.Shutdown(SocketShutdown.Send);
            return connection;
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            // ArgumentOutOfRangeException: the path is longer than a socket address can be.
            connection.Dispose();
            throw Unreachable(e);
        }
        catch (OperationCanceledException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static async ValueTask<int> ReceiveAsync(
        Socket connection, Memory<byte> room, string method, CancellationToken cancellation)
    {
        try
        {
            return await connection.ReceiveAsync(room, cancellation);
        }
        catch (SocketException e)
        {
            throw new ToolException($"the connection to qubesd broke during {method}: {e.Message}", cause: e);
        }
    }

    private DaemonUnreachableException Unreachable(Exception cause)
    {
        var reason = cause is SocketException failure
            ? failure.SocketErrorCode switch
            {
                SocketError.AddressNotAvailable => "no such file",
                SocketError.ConnectionRefused => "connection refused",
                SocketError.AccessDenied => "permission denied",
                _ => failure.Message,
            }
            : "the path is too long for a socket";
        return new DaemonUnreachableException(paths, path, reason, cause);
    }
}
