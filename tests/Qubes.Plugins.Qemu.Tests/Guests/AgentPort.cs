using System.Net.Sockets;
using System.Text;

namespace Qubes.Plugins.Qemu.Tests.Guests;

/// <summary>Talks to the shell behind a test guest's agent port.</summary>
internal sealed class AgentPort : IDisposable
{
    private readonly StreamReader reader;
    private readonly NetworkStream stream;

    public AgentPort(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = new StreamReader(stream, Encoding.ASCII);
    }

    public async Task SendAsync(string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));

    /// <summary>Runs a command that prints one line.</summary>
    public async Task<string?> AskAsync(string line)
    {
        await SendAsync(line);
        return await reader.ReadLineAsync();
    }

    public void Dispose() => reader.Dispose();
}
