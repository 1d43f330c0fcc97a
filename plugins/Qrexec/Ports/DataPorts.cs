using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Link;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.Ports;

/// <summary>
/// The data ports of one guest (spec: protocol, section 4). Ports are given out in turn, so that a late word about an old
/// connection does not hit a new one. Safe to use from several threads.
/// </summary>
internal sealed class DataPorts
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, DataPort> used = [];
    private int next = QrexecLimits.FirstDataPort;
    private bool isClosed;

    /// <summary>A free port, or null.</summary>
    public DataPort? Allocate(PeerCredentials client) => Allocate(client, serve: null);

    /// <summary>A free port whose channel is served in this process, or null.</summary>
    public DataPort? Allocate(Func<LinkChannel, Task> serve) => Allocate(default, serve);

    private DataPort? Allocate(PeerCredentials client, Func<LinkChannel, Task>? serve)
    {
        lock (gate)
        {
            for (int i = 0; i < QrexecLimits.Concurrent; i++)
            {
                int number = next;
                next = number == QrexecLimits.LastDataPort ? QrexecLimits.FirstDataPort : number + 1;
                if (Take(number, client, serve) is { } port)
                    return port;
            }
            return null;
        }
    }

    /// <summary>The given port if it is a data port and free, else null.</summary>
    public DataPort? Take(int number, PeerCredentials client) => Take(number, client, serve: null);

    private DataPort? Take(int number, PeerCredentials client, Func<LinkChannel, Task>? serve)
    {
        lock (gate)
        {
            if (isClosed || number is < QrexecLimits.FirstDataPort or > QrexecLimits.LastDataPort || used.ContainsKey(number))
                return null;
            return used[number] = new DataPort(number, client, serve);
        }
    }

    public DataPort? Find(int number)
    {
        lock (gate)
            return used.GetValueOrDefault(number);
    }

    /// <summary>Frees a port that no guest was told about.</summary>
    public void Release(DataPort port)
    {
        lock (gate)
            used.Remove(port.Number);
        port.Abandon();
    }

    /// <summary>Ends a connection and frees its port once all of its data was passed on.</summary>
    public async Task EndAsync(DataPort port)
    {
        await port.EndAsync();
        lock (gate)
            used.Remove(port.Number);
    }

    /// <summary>Ends all connections; no port is given out any more.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            foreach (DataPort port in used.Values)
                port.Abandon();
            used.Clear();
        }
    }
}
