using System.Net;
using System.Net.Sockets;
using Qubes.Qrexec.Data;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>A service behind a socket: its status is always 0, and it has no standard error (spec: protocol, section 9).</summary>
internal sealed class SocketService : IRunningService
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket socket;
    private readonly bool endsWithInput;
    private readonly bool endsWithOutput;
    private bool hasInputEnded;
    private bool hasOutputEnded;

    private SocketService(Socket socket, bool endsWithInput, bool endsWithOutput)
    {
        (this.socket, this.endsWithInput, this.endsWithOutput) = (socket, endsWithInput, endsWithOutput);
        Input = new SocketInput(socket, () => EndIfDone(ref hasInputEnded));
        Output = new SocketOutput(socket, () => EndIfDone(ref hasOutputEnded));
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream? Error => null;

    public Task<int> Ended => ended.Task;

    /// <summary>Connects.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="greeting">Sent before the caller's input.</param>
    /// <param name="endsWithInput">The call ends with the caller's input; otherwise with both directions.</param>
    /// <param name="endsWithOutput">The call ends with the service's output.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="SocketException">Nobody takes the connection.</exception>
    public static async Task<SocketService> ConnectAsync(
        EndPoint endpoint, byte[] greeting, bool endsWithInput, bool endsWithOutput, CancellationToken cancel)
    {
        var socket = new Socket(
            endpoint.AddressFamily, SocketType.Stream, endpoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endpoint, cancel);
            var service = new SocketService(socket, endsWithInput, endsWithOutput);
            await service.GreetAsync(greeting, cancel);
            return service;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        ended.TrySetResult(0);
        return ValueTask.CompletedTask;
    }

    private async Task GreetAsync(byte[] greeting, CancellationToken cancel)
    {
        try
        {
            await Input.WriteAsync(greeting, cancel);
        }
        catch (IOException)
        {
            // One that does not listen at all may still have something to say.
        }
    }

    private void EndIfDone(ref bool direction)
    {
        lock (gate)
        {
            direction = true;
            bool isOver = (hasInputEnded && hasOutputEnded) || (hasInputEnded && endsWithInput) || (hasOutputEnded && endsWithOutput);
            if (!isOver || !ended.TrySetResult(0))
                return;
        }
        // What the service would still say is not waited for.
        socket.Dispose();
    }

    /// <summary>Takes input; closing it closes that direction of the socket.</summary>
    private sealed class SocketInput(Socket socket, Action closed) : NetworkStream(socket, ownsSocket: false)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            try
            {
                Socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The service has closed altogether.
            }
            closed();
        }
    }

    /// <summary>Gives output, and tells of its end.</summary>
    private sealed class SocketOutput(Socket socket, Action ended) : NetworkStream(socket, ownsSocket: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = 0;
            try
            {
                count = await base.ReadAsync(buffer, cancellationToken);
            }
            finally
            {
                if (count == 0)
                    ended();
            }
            return count;
        }
    }
}
