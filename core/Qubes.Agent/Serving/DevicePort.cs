using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Serving;

/// <summary>
/// A virtio-serial port. Its descriptor stays open: the driver reports the host's coming and going by waking pollers, and
/// "hang up" while it is away. A going and coming between two looks is not seen; the link's greeting covers that.
/// </summary>
internal sealed class DevicePort : Port
{
    private const string PortsDirectory = "/sys/class/virtio-ports";
    private const int SearchStep = 10;

    /// <summary>Opens the device.</summary>
    public DevicePort(EventLoop loop, string path)
        : base(loop)
    {
        Descriptor = Descriptors.Open(path, Descriptors.ReadWrite | Descriptors.NonBlocking);
        loop.Add(Descriptor, Interest, Report);
    }

    /// <summary>The device of the port with the given name; null if none appears within the time, milliseconds.</summary>
    public static string? Find(string name, int milliseconds)
    {
        for (var left = milliseconds; ; left -= SearchStep)
        {
            if (Directory.Exists(PortsDirectory))
            {
                foreach (var port in Directory.GetDirectories(PortsDirectory))
                {
                    if (File.Exists(port + "/name") && File.ReadAllText(port + "/name").Trim() == name)
                        return "/dev/" + Path.GetFileName(port);
                }
            }

            if (left <= 0)
                return null;
            Libc.Pause(SearchStep);
        }
    }

    /// <inheritdoc/>
    protected override void Renew()
    {
    }
}
