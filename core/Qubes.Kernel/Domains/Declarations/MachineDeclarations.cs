using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>What a qube's machine is given, and what it tells.</summary>
internal static partial class MachineDeclarations
{
    private static readonly PropertyKey<int> StubdomMemory = new("stubdom_mem");
    private static readonly PropertyKey<string> VirtMode = new("virt_mode");

    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        Declare.Positive("memory", "Initial memory, MiB.", Declare.FromTemplate(QubeProperties.Memory, _ => 400)),
        new Property<Qube, int>("maxmem", PropertyType.Number)
        {
            Help = "Most memory that balancing may give, MiB; 0: not balanced.",
            Default = DefaultMaxmem,
            Check = CheckMaxmem,
        },
        new Property<Qube, int>(StubdomMemory.Name, PropertyType.Number)
        {
            Help = "Memory of the device model's domain, MiB; has no effect here.",
            AllowsNone = true,
            DefaultsToNone = true,
            Check = (_, n) => Declare.RequirePositive(StubdomMemory.Name, n),
        },
        Declare.Positive("vcpus", "Virtual processors.", Declare.FromTemplate(QubeProperties.Vcpus, _ => 2)),
        new Property<Qube, string>("default_user", PropertyType.Text)
        {
            Help = "User that services run as when the caller names none.",
            Default = Declare.FromTemplate(QubeProperties.DefaultUser, _ => "user"),
            Check = (_, user) => UserName().IsMatch(user)
                ? user
                : throw new PropertyValueException($"Property 'default_user' takes letters, digits and _-+,. but not '{user}'"),
        },
        Declare.Positive("qrexec_timeout", "Seconds to wait for the agent at start.",
            Declare.FromTemplate(QubeProperties.QrexecTimeout, q => q.Qubes.System.Get(SystemDeclarations.DefaultQrexecTimeout))),
        Declare.Positive("shutdown_timeout", "Seconds to wait for a shutdown.",
            Declare.FromTemplate(QubeProperties.ShutdownTimeout, q => q.Qubes.System.Get(SystemDeclarations.DefaultShutdownTimeout))),
        Declare.Flag("debug", "Keeps logs of the machine in more detail.", _ => false),
        Declare.Flag("autostart", "Starts the qube with the host.", _ => false),
        Declare.Flag("installed_by_rpm", "Belongs to a package, which alone may remove it.", _ => false),
        new Property<Qube, int>("backup_timestamp", PropertyType.Number)
            { Help = "When the qube was last backed up, Unix seconds.", AllowsNone = true, DefaultsToNone = true },
        Updateable,
        Declare.Computed("xid", PropertyType.Number, "Number of the running machine; -1 when halted.", q => q.Machine?.Id ?? -1),
        Declare.Computed("stubdom_xid", PropertyType.Number, "Always -1: there are no device model domains here.", _ => -1),
        Declare.Computed("stubdom_uuid", PropertyType.Text, "Always empty: there are no device model domains here.", _ => ""),
        Declare.Computed("start_time", PropertyType.Text, "When the machine was started, Unix seconds; empty when halted.", StartTime),
    ];

    public static PropertyDeclaration<Qube> MaxmemOfTheHost { get; } =
        Declare.Computed("maxmem", PropertyType.Number, "The host's memory, MiB.", _ => SystemDeclarations.HostMemoryMiB);

    public static PropertyDeclaration<Qube> Updateable { get; } =
        Declare.Computed("updateable", PropertyType.Flag, "Whether the qube's own root keeps changes.", q => q.Template is null);

    private static int DefaultMaxmem(Qube qube)
    {
        const int otherwise = 4000;
        if (!CanBalance(qube))
            return 0;
        if (qube.Template is { } template)
            return template.Properties.Get(QubeProperties.Maxmem);
        var wanted = qube.Features.GetValueOrDefault("os") == "Linux" ? qube.Properties.Get(QubeProperties.Memory) * 10L : otherwise;
        return (int)Math.Min(wanted, SystemDeclarations.HostMemoryMiB / 2);
    }

    // A fully emulated guest is trusted to give memory back only if it says that it can.
    private static bool CanBalance(Qube qube)
    {
        if (qube.Properties.Get(VirtMode) != "hvm")
            return true;
        if (qube.Features.CheckWithTemplate("qrexec") is not { Length: > 0 })
            return false;
        const string announced = "supported-service.";
        return qube.Features.CheckWithTemplate(announced + "meminfo-writer") is { Length: > 0 }
            || !AnnouncesAny(qube, announced);
    }

    private static bool AnnouncesAny(Qube qube, string prefix)
    {
        for (var at = qube; at is not null; at = at.Template)
        {
            if (at.Features.Keys.Any(f => f.StartsWith(prefix, StringComparison.Ordinal)))
                return true;
        }
        return false;
    }

    private static int CheckMaxmem(Qube qube, int value)
    {
        if (value < 0)
            throw new PropertyValueException($"Property 'maxmem' must be 0 or more, not {value}");
        if (qube.Lifecycle.IsRunning && qube.Features.CheckWithTemplate("memory-hotplug") is not { Length: > 0 })
            throw new QubeNotHaltedException($"Domain is not powered off: '{qube.Name}', and its feature memory-hotplug is not set");
        return value;
    }

    private static string StartTime(Qube qube) =>
        qube.Machine is { } machine
            ? (machine.StartTime.ToUnixTimeMilliseconds() / 1000.0).ToString("0.0##", CultureInfo.InvariantCulture)
            : "";

    [GeneratedRegex(@"\A[A-Za-z0-9_\-+,.]*\z")]
    private static partial Regex UserName();
}
