using System.Net.Sockets;
using Qubes.Qrexec.Link;

namespace Qubes.Plugins.Qrexec.Tests.Agents;

/// <summary>The port of a copied guest that says what a test wants it to say.</summary>
internal sealed class ScriptedCopy : IDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private Socket? host;

    public ScriptedCopy(string path)
    {
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(4);
    }

    /// <summary>Takes a host, and returns its greeting as a guest repeats it.</summary>
    public async Task<byte[]> GreetedAsync()
    {
        host = await listener.AcceptAsync();
        byte[] greeting = new byte[Greeting.Size];
        for (int count = 0; count < greeting.Length;)
            count += await host.ReceiveAsync(greeting.AsMemory(count));
        return greeting;
    }

    public Task SayAsync(byte[] bytes) => host!.SendAsync(bytes);

    public void HangUp() => host!.Dispose();

    /// <summary>Returns when the host has hung up.</summary>
    public async Task HungUpAsync()
    {
        byte[] buffer = new byte[1000];
        try
        {
            while (await host!.ReceiveAsync(buffer) > 0)
            {
                // What it had said before.
            }
        }
        catch (SocketException)
        {
            // It did not read to the end.
        }
    }

    /// <summary>Whether another host waits to be taken.</summary>
    public bool IsWaitedFor => listener.Poll(0, SelectMode.SelectRead);

    public void Dispose()
    {
        host?.Dispose();
        listener.Dispose();
    }
}
