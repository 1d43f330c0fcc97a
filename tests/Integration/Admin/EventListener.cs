using System.Net.Sockets;
using System.Text;

namespace Qubes.Integration.Tests.Admin;

/// <summary>A listener to <c>admin.Events</c>.</summary>
internal sealed class EventListener : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[65536];
    private string unread = "";

    private EventListener(Socket socket) => this.socket = socket;

    /// <summary>Returns when the daemon has said that the listener will miss nothing.</summary>
    public static async Task<EventListener> OpenAsync(Testbed.Daemon daemon, string destination = "dom0")
    {
        var listener = new EventListener(await daemon.ConnectAsync());
        await listener.socket.SendAsync(Encoding.ASCII.GetBytes($"admin.Events+ dom0 name {destination}\0"));
        listener.socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("1||connection-established||", await listener.NextAsync());
        return listener;
    }

    /// <summary>The next record with its NULs as bars; null at the end of the stream.</summary>
    public async Task<string?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Record() is { } record)
                return record;
            int read = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (read == 0)
                return null;
            unread += Encoding.UTF8.GetString(buffer, 0, read);
        }
    }

    /// <summary>The first record of that event.</summary>
    public async Task<string> UntilAsync(string name)
    {
        while (true)
        {
            string record = await NextAsync() ?? throw new InvalidOperationException($"the stream ended before {name}");
            if (record.Split('|')[2] == name)
                return record;
        }
    }

    /// <summary>Names of events until that one, which is the last.</summary>
    public async Task<IReadOnlyList<string>> NamesUntilAsync(string name)
    {
        var names = new List<string>();
        while (names is not [.., var last] || last != name)
        {
            string record = await NextAsync() ?? throw new InvalidOperationException($"the stream ended before {name}");
            names.Add(record.Split('|')[2]);
        }
        return names;
    }

    public void Dispose() => socket.Dispose();

    // "1" NUL subject NUL event NUL *( key NUL value NUL ) NUL
    private string? Record()
    {
        int[] nuls = [.. unread.Select((c, i) => (c, i)).Where(p => p.c == '\0').Select(p => p.i)];
        for (int i = 2; i + 1 < nuls.Length; i += 2)
        {
            if (nuls[i + 1] != nuls[i] + 1)
                continue;
            string record = unread[..(nuls[i + 1] + 1)];
            unread = unread[(nuls[i + 1] + 1)..];
            return record.Replace('\0', '|');
        }
        return null;
    }
}
