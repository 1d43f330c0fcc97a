using System.Globalization;
using Qubes.Plugins.Qrexec.Agents;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.HostClients;

/// <summary>
/// A guest's listening socket <c>qrexec.ID</c> and the links <c>qrexec.NAME</c> and <c>qrexec.uuid:UUID</c> to it. That they
/// exist is how the host sees that the agent is connected (spec: protocol, section 4).
/// </summary>
internal sealed class HostSockets : IDisposable
{
    private const int Backlog = 256;

    private readonly string[] links;

    private HostSockets(LocalListener listener, string[] links) => (Listener, this.links) = (listener, links);

    public LocalListener Listener { get; }

    public static HostSockets Open(string directory, Guest guest)
    {
        string id = "qrexec." + guest.Id.ToString(CultureInfo.InvariantCulture);
        string[] links = [$"{directory}/qrexec.{guest.Name}", $"{directory}/qrexec.uuid:{guest.Uuid:D}"];
        var sockets = new HostSockets(LocalListener.Open($"{directory}/{id}", Backlog), links);
        try
        {
            foreach (string link in links)
            {
                File.Delete(link);
                File.CreateSymbolicLink(link, id);
            }
            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (string link in links)
            File.Delete(link);
        Listener.Dispose();
    }
}
