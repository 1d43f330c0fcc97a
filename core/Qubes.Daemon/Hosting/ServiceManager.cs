using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Qubes.Daemon.Hosting;

/// <summary>Tells the service manager how it stands (<c>sd_notify(3)</c>): one datagram of <c>KEY=VALUE</c> lines.</summary>
/// <param name="socketName">A path, or <c>@</c> and a name without a file; null when nobody is to be told.</param>
/// <param name="log">Told when nobody listens.</param>
internal sealed class ServiceManager(string? socketName, ILogger<ServiceManager> log)
{
    /// <summary>The daemon answers.</summary>
    public Task ReadyAsync() => SendAsync("READY=1");

    /// <summary>The daemon is ending.</summary>
    public Task StoppingAsync() => SendAsync("STOPPING=1");

    private async Task SendAsync(string message)
    {
        if (string.IsNullOrEmpty(socketName))
            return;
        var address = socketName[0] == '@' ? '\0' + socketName[1..] : socketName;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            await socket.SendToAsync(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException e)
        {
            Log.NotTold(log, e, message); // Perhaps inherited from a service that has ended; nobody waits for it then.
        }
    }
}
