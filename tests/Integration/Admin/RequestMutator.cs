using System.Text;

namespace Qubes.Integration.Tests.Admin;

/// <summary>Requests that no client would send, near to those that clients do send. The same for the same seed.</summary>
internal sealed class RequestMutator(int seed)
{
    // Nothing here stops the daemon, or makes or removes what the control requests look at.
    private static readonly string[] Methods =
    [
        "admin.vm.List", "admin.vm.property.Get", "admin.vm.property.Set", "admin.vm.property.GetAll", "admin.vm.property.Reset",
        "admin.property.Get", "admin.vm.feature.Set", "admin.vm.feature.Get", "admin.vm.feature.Remove", "admin.vm.tag.Set",
        "admin.vm.tag.Remove", "admin.vm.Create.AppVM", "admin.vm.CreateInPool.AppVM", "admin.vm.CreateDisposable",
        "admin.vm.Shutdown", "admin.vm.Kill", "admin.vm.CurrentState", "admin.label.Create", "admin.label.Remove",
        "admin.label.Get", "admin.pool.Add", "admin.pool.Info", "admin.pool.Set.revisions_to_keep", "admin.vm.volume.Info",
        "admin.vm.volume.Resize", "admin.vm.volume.Revert", "admin.vm.volume.CloneFrom", "admin.vm.volume.CloneTo",
        "admin.vm.firewall.Set", "admin.vm.firewall.Get", "admin.vm.notes.Set", "admin.vm.notes.Get",
        "admin.vm.device.pci.Attach", "admin.vm.device.denied.Add", "admin.vm.device.denied.Remove", "admin.backup.Info",
        "admin.vm.Console", "admin.nosuch", "", "admin", "internal.GetSystemInfo",
    ];

    private static readonly string[] Arguments =
        ["", "", "memory", "label", "kernelopts", "netvm", "root", "private", "force+wait", "a", "+", "++", "-1", "%s%n", "../..", "\u00e9", "uuid:"];

    private static readonly string[] Qubes =
        ["dom0", "fuzzed", "fuzzed", "nosuch", "", "None", "default", "-dm", "uuid:00000000-0000-0000-0000-000000000000", "uuid:x", "a b", "\u00ff", "@adminvm"];

    private static readonly string[] Payloads =
    [
        "", "", "1", "0", "-1", "99999999999999999999", "True", "name=x label=red", "name=fuzz-0 label=red", "name= label=",
        "name=p\nrevisions_to_keep=x", "name=p\ndir_path=relative", "action=accept", "action=drop dstports=9-1", "0x112233",
        "\n", "\0", "\0\0\0\0", "uuid", "\u202e", "p\u00e9", "=", "name=a=b label=red", "12345678901234567890123456789012",
    ];

    private readonly Random random = new(seed);

    public byte[] Next()
    {
        byte[] request = Encoding.UTF8.GetBytes(
            $"{Any(Methods)}+{Any(Arguments)} {Any(Qubes)} {Any(["name", "name", "name", "name", "keyword", "", "x"])} {Any(Qubes)}\0{Any(Payloads)}");
        for (int times = random.Next(4); times > 0; times--)
            request = Mutated(request);
        return request;
    }

    private byte[] Mutated(byte[] request)
    {
        int at = random.Next(request.Length + 1);
        switch (random.Next(9))
        {
            case 0 when request.Length > 0:
                request[at % request.Length] ^= (byte)(1 << random.Next(8));
                return request;
            case 1:
                return request[..at];
            case 2:
                return [.. request[..at], .. Noise(random.Next(1, 20)), .. request[at..]];
            case 3:
                return [.. request[..at], 0, .. request[at..]];
            case 4:
                return [.. request[..at], (byte)' ', .. request[at..]];
            case 5:
                return [.. request, .. request];
            case 6 when random.Next(50) == 0:
                // Around the limit of 65,536 bytes.
                return [.. request, .. Enumerable.Repeat((byte)'x', 65_520 + random.Next(60) - Math.Min(request.Length, 30))];
            case 7:
                return [.. request[..at], .. Encoding.UTF8.GetBytes(Any(Arguments)), .. request[at..]];
            default:
                return [.. request[..at], .. request[Math.Min(request.Length, at + random.Next(5))..]];
        }
    }

    private byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }

    private string Any(string[] choices) => choices[random.Next(choices.Length)];
}
