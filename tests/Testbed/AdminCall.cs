using System.Net.Sockets;
using System.Text;

namespace Qubes.Testbed;

/// <summary>One call of the host on a daemon's Admin API, for what no tool's answer is needed.</summary>
public static class AdminCall
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>The answer as it came: <c>0</c> NUL and what was asked for, or <c>2</c> NUL and the refusal.</summary>
    /// <param name="daemon">Whose.</param>
    /// <param name="call">With its argument, if any, after <c>+</c>.</param>
    /// <param name="destination">A qube's name.</param>
    public static async Task<string> AskAsync(this Daemon daemon, string call, string destination)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var patience = new CancellationTokenSource(Patience);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(daemon.Root + "/run/qubesd.sock"), patience.Token);
        var request = $"{(call.Contains('+', StringComparison.Ordinal) ? call : call + "+")} dom0 name {destination}\0";
        await client.SendAsync(Encoding.ASCII.GetBytes(request), patience.Token);
        client.Shutdown(SocketShutdown.Send);
        var answer = new MemoryStream();
        var buffer = new byte[8192];
        while (await client.ReceiveAsync(buffer.AsMemory(), patience.Token) is > 0 and var read)
            answer.Write(buffer, 0, read);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
