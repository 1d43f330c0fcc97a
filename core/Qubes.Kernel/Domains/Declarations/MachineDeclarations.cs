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
    private const int MaxKernelOptions = 512;

    private static readonly PropertyKey<int> StubdomMemory = new("stubdom_mem");

    public static IEnumerable<PropertyDeclaration<Qube>> All =>
    [
        Declare.Positive("memory", "Initial memory, MiB.", Declare.FromTemplate(QubeProperties.Memory, _ => 400)),
        new Property<Qube, int>("maxmem", PropertyType.Number)
        {
            Help = "Most memory that balancing may give, MiB; 0: not balanced.",
            Default = Declare.FromTemplate(QubeProperties.Maxmem, DefaultMaxmem),
            Check = (_, n) => n >= 0 ? n : throw new PropertyValueException($"Property 'maxmem' must be 0 or more, not {n}"),
        },
        new Property<Qube, int>(StubdomMemory.Name, PropertyType.Number)
        {
            Help = "Memory of the device model's domain, MiB; has no effect here.",
            AllowsNone = true,
            Check = (_, n) => Declare.RequirePositive(StubdomMemory.Name, n),
        },
        Declare.Positive("vcpus", "Virtual processors.", Declare.FromTemplate(QubeProperties.Vcpus, _ => 2)),
        new Property<Qube, string>("virt_mode", PropertyType.Text)
        {
            Help = "Kind of virtualisation: hvm, pv or pvh.",
            Default = Declare.FromTemplate(new PropertyKey<string>("virt_mode"), _ => "pvh"),
            Check = (_, mode) => mode.ToLowerInvariant() is "hvm" or "pv" or "pvh"
                ? mode.ToLowerInvariant()
                : throw new PropertyValueException($"Property 'virt_mode' is hvm, pv or pvh, not '{mode}'"),
        },
        new Property<Qube, string>("kernel", PropertyType.Text)
        {
            Help = "Directory of the kernel below the kernels' directory.",
            Default = Declare.FromTemplate(QubeProperties.Kernel, q => q.Qubes.System.Get(SystemProperties.DefaultKernel)),
            Check = (q, kernel) => kernel.Length == 0 ? kernel : q.Qubes.RequireKernel("kernel", kernel),
        },
        new Property<Qube, string>("kernelopts", PropertyType.Text)
        {
            Help = "The guest kernel's command line.",
            Stage = 4,
            Default = Declare.FromTemplate(QubeProperties.Kernelopts, _ => "swiotlb=2048"),
            Check = (_, text) => text.Length <= MaxKernelOptions
                ? text
                : throw new PropertyValueException($"Property 'kernelopts' takes at most {MaxKernelOptions} characters, not {text.Length}"),
        },
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
            { Help = "When the qube was last backed up, Unix seconds.", AllowsNone = true },
        Declare.Computed("updateable", PropertyType.Flag, "Whether the qube's own root keeps changes.", q => q.Template is null),
        Declare.Computed("xid", PropertyType.Number, "Number of the running machine; -1 when halted.", q => q.Machine?.Id ?? -1),
        Declare.Computed("stubdom_xid", PropertyType.Number, "Always -1: there are no device model domains here.", _ => -1),
        Declare.Computed("stubdom_uuid", PropertyType.Text, "Always empty: there are no device model domains here.", _ => ""),
        Declare.Computed("start_time", PropertyType.Text, "When the machine was started, Unix seconds; empty when halted.", StartTime),
    ];

    private static int DefaultMaxmem(Qube qube)
    {
        const int otherwise = 4000;
        var wanted = qube.Features.GetValueOrDefault("os") == "Linux" ? qube.Properties.Get(QubeProperties.Memory) * 10 : otherwise;
        return Math.Min(wanted, SystemDeclarations.HostMemoryMiB / 2);
    }

    private static string StartTime(Qube qube) =>
        qube.Machine is { } machine
            ? (machine.StartTime.ToUnixTimeMilliseconds() / 1000.0).ToString("0.0##", CultureInfo.InvariantCulture)
            : "";

    [GeneratedRegex(@"\A[A-Za-z0-9_\-+,.]*\z")]
    private static partial Regex UserName();
}
