using System.Net.Sockets;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>The socket behind the port of a guest's agent.</summary>
internal static class AgentSocket
{
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async ValueTask<Stream> OpenAsync(IMachine machine, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(machine.AgentSocketPath), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
