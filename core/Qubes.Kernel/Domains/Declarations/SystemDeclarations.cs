using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Domains.Declarations;

/// <summary>The properties of the system (spec: domain model, section 4).</summary>
internal static class SystemDeclarations
{
    public static readonly PropertyKey<int> DefaultQrexecTimeout = new("default_qrexec_timeout");
    public static readonly PropertyKey<int> DefaultShutdownTimeout = new("default_shutdown_timeout");
    public static readonly PropertyKey<IQube> ManagementDispvm = new("management_dispvm");
    public static readonly PropertyKey<IQube> DefaultGuivm = new("default_guivm");
    public static readonly PropertyKey<IQube> DefaultAudiovm = new("default_audiovm");

    public static PropertyTable<QubeRegistry> Table { get; } = new(
    [
        new Property<QubeRegistry, bool>("check_updates_vm", PropertyType.Flag)
            { Help = "Whether new qubes look for updates.", Default = _ => true },
        Reference("clockvm", "Qube whose clock the others follow."),
        Reference("updatevm", "Qube through which the host gets updates."),
        Reference(DefaultAudiovm.Name, "Qube that plays the others' sound.", s => s.AdminVm),
        Reference(DefaultGuivm.Name, "Qube that shows the others' windows.", s => s.AdminVm),
        Reference(SystemProperties.DefaultDispvm.Name, "Disposable template where a qube names none.", check: DisposableTemplate("default_dispvm")),
        Reference(ManagementDispvm.Name, "Disposable template that manages qubes.", check: DisposableTemplate("management_dispvm")),
        Reference(SystemProperties.DefaultNetvm.Name, "Netvm where a qube names none.", check: RequireNetwork),
        Reference(SystemProperties.DefaultTemplate.Name, "Template of a new AppVM that names none.", check: RequireTemplate),
        new Property<QubeRegistry, string>(SystemProperties.DefaultKernel.Name, PropertyType.Text)
        {
            Help = "Kernel where a qube names none.",
            AllowsNone = true,
            DefaultsToNone = true,
            Check = (s, kernel) => kernel.Length == 0 ? kernel : s.RequireKernel("default_kernel", kernel),
        },
        Pool(SystemProperties.DefaultPool.Name, s => s.DefaultPool),
        Pool("default_pool_kernel", InDefaultPool),
        Pool("default_pool_private", InDefaultPool),
        Pool("default_pool_root", InDefaultPool),
        Pool("default_pool_volatile", InDefaultPool),
        Seconds(DefaultQrexecTimeout.Name, "Seconds to wait for an agent at start.", 60),
        Seconds(DefaultShutdownTimeout.Name, "Seconds to wait for a shutdown.", 60),
        Seconds(SystemProperties.StatsInterval.Name, "Seconds between two samples of statistics.", 3),
        new Property<QubeRegistry, int>("maxmem", PropertyType.Number)
            { Help = "The host's memory, MiB.", Setting = SetRule.Computed, Default = _ => HostMemoryMiB },
        new Property<QubeRegistry, int>("no_cpus", PropertyType.Number)
            { Help = "The host's processors.", Setting = SetRule.Computed, Default = _ => Environment.ProcessorCount },
    ]);

    public static int HostMemoryMiB { get; } = (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20);

    private static Property<QubeRegistry, IQube> Reference(
        string name, string help, Func<QubeRegistry, IQube?>? value = null, Func<QubeRegistry, IQube, IQube>? check = null) =>
        new(name, PropertyType.Qube)
        {
            Help = help,
            Default = value ?? (_ => null),
            AllowsNone = true,
            Check = (system, target) =>
            {
                ReferenceDeclarations.RequireLocal(name, target);
                return check is null ? target : check(system, target);
            },
        };

    private static Property<QubeRegistry, string> Pool(string name, Func<QubeRegistry, string?> value) =>
        new(name, PropertyType.Text)
        {
            Help = "Pool of new volumes of this kind.",
            Default = value,
            Check = (s, pool) => s.Pools.Any(p => p.Configuration.Name == pool)
                ? pool
                : throw new PropertyValueException($"Property '{name}' takes the name of a pool, and there is none called '{pool}'"),
        };

    private static Property<QubeRegistry, int> Seconds(string name, string help, int value) =>
        new(name, PropertyType.Number) { Help = help, Default = _ => value, Check = (_, n) => Declare.RequirePositive(name, n) };

    private static string? InDefaultPool(QubeRegistry system) => system.System.Get(SystemProperties.DefaultPool);

    private static Func<QubeRegistry, IQube, IQube> DisposableTemplate(string name) =>
        (_, value) => ReferenceDeclarations.RequireDisposableTemplateFor(name, value);

    private static IQube RequireTemplate(QubeRegistry system, IQube value) =>
        value.Class == QubeClass.TemplateVM
            ? value
            : throw new PropertyValueException($"Property 'default_template' takes a TemplateVM, and '{value.Name}' is none");

    private static IQube RequireNetwork(QubeRegistry system, IQube value)
    {
        if (value.Class == QubeClass.AdminVM || !value.Properties.Get(QubeProperties.ProvidesNetwork))
            throw new PropertyValueException(
                $"Property 'default_netvm' takes a qube with provides_network set, and '{value.Name}' does not have it");
        // Qubes that follow the default would follow it in a circle if the chain from there led to one of them.
        for (IQube? at = value; at is not null; at = at.Properties.Get(QubeProperties.Netvm))
        {
            if (at.Class != QubeClass.TemplateVM && at.Properties.IsDefault(QubeProperties.Netvm.Name))
                throw new PropertyValueException(
                    $"Property 'default_netvm' cannot be '{value.Name}': '{at.Name}' follows it, which would be a loop");
        }
        return value;
    }
}
