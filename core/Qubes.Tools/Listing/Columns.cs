using System.Globalization;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Listing;

/// <summary>The columns <c>qvm-ls</c> knows. Any other name is the property of that name.</summary>
internal static class Columns
{
    public static readonly IReadOnlyDictionary<string, string[]> Formats =
        new SortedDictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["simple"] = ["name", "state", "class", "label", "template", "netvm"],
            ["network"] = ["name", "state", "netvm", "ip", "ipback", "gateway"],
            ["kernel"] = ["name", "state", "class", "template", "kernel", "kernelopts"],
            ["full"] = ["name", "state", "class", "label", "qid", "xid", "uuid"],
            ["prefs"] = ["name", "label", "template", "netvm", "vcpus", "initialmem", "maxmem", "virtualization"],
            ["disk"] = ["name", "state", "disk", "priv-curr", "priv-max", "priv-used", "root-curr", "root-max", "root-used"],
            ["memory"] = ["name", "state", "class", "label", "memory", "maxmem"],
        };

    public static readonly IReadOnlyList<Column> Known =
    [
        new("NAME", "Name of the qube", Need.None, row => row.Entry.Name),
        new("STATE", "Power state", Need.None, row => row.Entry.State),
        new("CLASS", "Class", Need.None, row => row.Entry.Class),
        new("UUID", "Unique identifier", Need.None, row => row.Entry.Uuid),
        OfProperty("LABEL", "label", "Label (colour)"),
        OfProperty("TEMPLATE", "template", "Template it is based on"),
        OfProperty("NETVM", "netvm", "Qube that provides its network"),
        OfProperty("QID", "qid", "Number of the qube"),
        OfProperty("XID", "xid", "Hypervisor's number of the running qube"),
        OfProperty("IP", "ip", "Address"),
        OfProperty("IPBACK", "ip", "Address as seen by its network qube"),
        OfProperty("GATEWAY", "gateway", "Gateway it offers to others"),
        OfProperty("KERNEL", "kernel", "Kernel"),
        OfProperty("KERNELOPTS", "kernelopts", "Kernel options"),
        OfProperty("VCPUS", "vcpus", "Virtual processors"),
        OfProperty("INITIALMEM", "memory", "Memory at start, MiB"),
        OfProperty("MAXMEM", "maxmem", "Memory it may grow to, MiB"),
        OfProperty("VIRTUALIZATION", "virt_mode", "Virtualisation mode"),
        new("FLAGS", "Class, power state and flags, eight characters", Need.Properties, Flags.Of) { Features = [Flags.Internal] },
        new("MEMORY", "Memory in use now, MiB", Need.CurrentState, MemoryInUse),
        OfMemory("MEMORY-MOST", "most", "Memory that it can have until it is started anew, MiB"),
        OfMemory("PSS", "pss", "Host memory that it costs, its part of what it shares with others, MiB"),
        OfMemory("PRIVATE", "private", "Host memory that its end would free, MiB"),
        OfMemory("SHARED", "shared", "Host memory that it shares with others, whole, MiB"),
        new("TAGS", "Tags", Need.Tags, row => string.Join(' ', row.Tags)),
        new("DISK", "Disk space in use, MiB", Need.Volumes, DiskInUse),
        new("PRIV-CURR", "Space in use on the private volume, MiB", Need.Volumes, row => Of(row, "private", info => info.Usage)),
        new("PRIV-MAX", "Size of the private volume, MiB", Need.Volumes, row => Of(row, "private", info => info.Size)),
        new("PRIV-USED", "Used share of the private volume", Need.Volumes, row => Share(row, "private")),
        new("ROOT-CURR", "Space in use on the root volume, MiB", Need.Volumes, row => Of(row, "root", info => info.Usage)),
        new("ROOT-MAX", "Size of the root volume, MiB", Need.Volumes, row => Of(row, "root", info => info.Size)),
        new("ROOT-USED", "Used share of the root volume", Need.Volumes, row => Share(row, "root")),
    ];

    /// <summary>The column of this name, case and <c>_</c>/<c>-</c> aside.</summary>
    public static Column Find(string name)
    {
        var heading = name.ToUpperInvariant().Replace('_', '-');
        return Known.FirstOrDefault(column => column.Heading == heading)
            ?? OfProperty(heading, name.ToLowerInvariant().Replace('-', '_'), "");
    }

    private static Column OfProperty(string heading, string property, string summary) =>
        new(heading, summary, Need.Properties, row => row.Property(property));

    private static string Of(QubeRow row, string volume, Func<VolumeInfo, long> bytes) =>
        row.Volumes.TryGetValue(volume, out var info) ? Mib(bytes(info)) : "";

    private static string Share(QubeRow row, string volume) =>
        row.Volumes.TryGetValue(volume, out var info) && info.Size > 0 ? $"{100 * (Int128)info.Usage / info.Size}%" : "";

    private static string Mib(long bytes) => (bytes >> 20).ToString();

    private static string DiskInUse(QubeRow row) => Mib(row.Volumes.Values.Sum(volume => volume.Usage));

    private static string MemoryInUse(QubeRow row) => MibOfKib(row.CurrentState.GetValueOrDefault("mem"));

    private static Column OfMemory(string heading, string figure, string summary) =>
        new(heading, summary, Need.Memory, row => MibOfKib(row.Memory.GetValueOrDefault(figure)));

    private static string MibOfKib(string? kib) =>
        long.TryParse(kib, NumberStyles.None, null, out var number) && number > 0 ? (number >> 10).ToString() : "";
}
