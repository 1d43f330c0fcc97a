using Qubes.Agent.Native;

namespace Qubes.Agent.Memory;

/// <summary>The memory of the guest that this runs in.</summary>
internal sealed class GuestMemory
{
    private const string VirtioDevices = "/sys/bus/virtio/devices";
    private const string BalloonDevice = "0x0005";
    private const int GivesWayBit = 2; // VIRTIO_BALLOON_F_DEFLATE_ON_OOM
    private readonly byte[] buffer = new byte[32 * 1024];
    private bool? balloonGivesWay;

    /// <summary>KiB in use (<see cref="MemoryUse.Of"/>); null where the kernel does not say.</summary>
    public long? Measure()
    {
        balloonGivesWay ??= FindBalloon();
        var ballooned = balloonGivesWay.Value ? MemoryUse.Ballooned(Read("/proc/vmstat")) : 0;
        return MemoryUse.Of(Read("/proc/meminfo"), ballooned);
    }

    // The bits of a device's features are a line of '0' and '1', the lowest first.
    private static bool FindBalloon()
    {
        if (!Directory.Exists(VirtioDevices))
            return false;
        foreach (var device in Directory.GetDirectories(VirtioDevices))
        {
            try
            {
                if (File.ReadAllText(device + "/device").Trim() == BalloonDevice)
                    return File.ReadAllText(device + "/features") is { Length: > GivesWayBit } bits && bits[GivesWayBit] == '1';
            }
            catch (IOException)
            {
                // It went away just now.
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Read(string path)
    {
        var fd = Descriptors.TryOpen(path, Descriptors.ReadOnly);
        if (fd < 0)
            return [];
        var count = 0;
        while (count < buffer.Length && Descriptors.Read(fd, buffer.AsSpan(count)) is > 0 and var more)
            count += more;
        Descriptors.Close(fd);
        return buffer.AsSpan(0, count);
    }
}
