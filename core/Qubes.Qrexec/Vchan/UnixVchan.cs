using System.Net.Sockets;

namespace Qubes.Qrexec.Vchan;

/// <summary>A vchan over a connected stream socket, which it owns.</summary>
public sealed class UnixVchan(Socket socket) : IVchan
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(50);

    /// <summary>The socket, for its peer's credentials.</summary>
    public Socket Socket => socket;

    /// <summary>
    /// Connects as the vchan client; tries again while the socket is absent or refuses, until <paramref name="cancel"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">Nobody served it in time.</exception>
    /// <exception cref="SocketException">Any other trouble with the path, such as a refused permission.</exception>
    public static async Task<UnixVchan> ConnectAsync(string path, TimeProvider time, CancellationToken cancel)
    {
        for (var pause = FirstRetry; ; pause = pause < LastRetry ? pause * 2 : LastRetry)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
                return new UnixVchan(socket);
            }
            catch (SocketException e) when (IsNotYet(e.SocketErrorCode))
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(pause, time, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (IsClosed(e))
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        try
        {
            while (!data.IsEmpty)
                data = data[await socket.SendAsync(data, cancel).ConfigureAwait(false)..];
        }
        catch (Exception e) when (IsClosed(e))
        {
            throw new VchanClosedException("the vchan was closed by its peer", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    // A path without a socket is "address not available" to .NET; a socket that nobody listens on, "connection refused".
    private static bool IsNotYet(SocketError error) =>
        error is SocketError.AddressNotAvailable or SocketError.ConnectionRefused or SocketError.WouldBlock;

    private static bool IsClosed(Exception e) => e is ObjectDisposedException or SocketException
    {
        SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted
            or SocketError.NotConnected or SocketError.OperationAborted,
    };
}
