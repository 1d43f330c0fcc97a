using System.Net.Sockets;
using Qubes.Plugins.AdminApi.Sockets;

namespace Qubes.Plugins.AdminApi.Streams;

/// <summary>The stream of a client at a socket.</summary>
internal sealed class SocketStreamSession(Socket socket, HangUpWatch hangUps, CancellationToken stopping) : StreamSession(stopping)
{
    protected override Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => socket.SendFullyAsync(bytes, cancel);

    protected override IDisposable? Watch(Action gone) => hangUps.Watch(socket, gone);
}
