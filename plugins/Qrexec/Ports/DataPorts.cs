using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Ports;

/// <summary>
/// The data connections of one guest by peer and port (spec: protocol, section 4). Ports are given out in turn, so that a late
/// word about an old connection does not hit a new one. Safe to use from several threads.
/// </summary>
/// <param name="guest">The guest's domain id.</param>
/// <param name="await">Told of a port before anyone else is, and whether the guest is to serve it.</param>
internal sealed class DataPorts(int guest, Action<VchanAddress, bool> await)
{
    private readonly Lock gate = new();
    private readonly Dictionary<VchanAddress, DataPort> used = [];
    private int next = QrexecLimits.FirstDataPort;
    private bool isClosed;

    /// <summary>A free port towards a peer, or null. A port is for one peer only.</summary>
    public DataPort? Allocate(int peer, Func<IVchan, Task> serve, bool guestServes = false)
    {
        lock (gate)
        {
            for (int i = 0; i < QrexecLimits.Concurrent; i++)
            {
                int number = next;
                next = number == QrexecLimits.LastDataPort ? QrexecLimits.FirstDataPort : number + 1;
                if (IsOurs(number, peer) && !used.Keys.Any(a => a.Port == number) && Take(new(peer, number), serve, guestServes) is { } port)
                    return port;
            }
            return null;
        }
    }

    /// <summary>The given port towards a peer if it is a data port and free, else null.</summary>
    public DataPort? Take(VchanAddress address, Func<IVchan, Task> serve, bool guestServes = false)
    {
        lock (gate)
        {
            if (isClosed || address.Port is < QrexecLimits.FirstDataPort or > QrexecLimits.LastDataPort || used.ContainsKey(address))
                return null;
            await(address, guestServes);
            return used[address] = new DataPort(address, serve);
        }
    }

    public DataPort? Find(VchanAddress address)
    {
        lock (gate)
            return used.GetValueOrDefault(address);
    }

    /// <summary>Frees a port that no guest was told about.</summary>
    public void Release(DataPort port)
    {
        lock (gate)
            used.Remove(port.Address);
        port.Abandon();
    }

    /// <summary>Ends a connection and frees its port once all of its data was passed on.</summary>
    public async Task EndAsync(DataPort port)
    {
        await port.EndAsync();
        lock (gate)
            used.Remove(port.Address);
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

    // Two guests that call each other at the same time must not choose the same port: each of them gives out every other one.
    private bool IsOurs(int number, int peer) =>
        peer == 0 || (number - QrexecLimits.FirstDataPort) % 2 == (peer > guest ? 1 : 0);
}
