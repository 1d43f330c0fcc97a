namespace Qubes.Sdk.Domains;

/// <summary>Keys of the qube properties that plugins read; meanings and defaults in the spec's domain model, section 3.</summary>
public static class QubeProperties
{
    /// <summary>The colour.</summary>
    public static readonly PropertyKey<Label> Label = new("label");

    /// <summary>The qube this one is based on.</summary>
    public static readonly PropertyKey<IQube> Template = new("template");

    /// <summary>Whether disposables may be based on the qube.</summary>
    public static readonly PropertyKey<bool> TemplateForDispvms = new("template_for_dispvms");

    /// <summary>The disposable template for calls that name none.</summary>
    public static readonly PropertyKey<IQube> DefaultDispvm = new("default_dispvm");

    /// <summary>The qube that provides the network; none: no network at all.</summary>
    public static readonly PropertyKey<IQube> Netvm = new("netvm");

    /// <summary>Whether others may use this qube as their netvm.</summary>
    public static readonly PropertyKey<bool> ProvidesNetwork = new("provides_network");

    /// <summary>Initial memory, MiB.</summary>
    public static readonly PropertyKey<int> Memory = new("memory");

    /// <summary>Most memory that balancing may give, MiB; 0: not balanced.</summary>
    public static readonly PropertyKey<int> Maxmem = new("maxmem");

    /// <summary>Virtual processors.</summary>
    public static readonly PropertyKey<int> Vcpus = new("vcpus");

    /// <summary>Directory name of the kernel below the kernels' directory.</summary>
    public static readonly PropertyKey<string> Kernel = new("kernel");

    /// <summary>The guest kernel's command line, what the machine adds apart.</summary>
    public static readonly PropertyKey<string> Kernelopts = new("kernelopts");

    /// <summary>The user that services run as when the caller names none.</summary>
    public static readonly PropertyKey<string> DefaultUser = new("default_user");

    /// <summary>Seconds to wait for the agent at start.</summary>
    public static readonly PropertyKey<int> QrexecTimeout = new("qrexec_timeout");

    /// <summary>Seconds to wait for a shutdown.</summary>
    public static readonly PropertyKey<int> ShutdownTimeout = new("shutdown_timeout");

    /// <summary>Whether the disposable is removed when it stops.</summary>
    public static readonly PropertyKey<bool> AutoCleanup = new("auto_cleanup");

    /// <summary>Whether the qube starts with the host.</summary>
    public static readonly PropertyKey<bool> Autostart = new("autostart");

    /// <summary>Whether backups take the qube by default.</summary>
    public static readonly PropertyKey<bool> IncludeInBackups = new("include_in_backups");

    /// <summary>The disposable's number, 0 to 9999.</summary>
    public static readonly PropertyKey<int> Dispid = new("dispid");

    /// <summary>IPv4 address in the qube network; none without network.</summary>
    public static readonly PropertyKey<string> Ip = new("ip");

    /// <summary>Hardware address of the qube's network device.</summary>
    public static readonly PropertyKey<string> Mac = new("mac");

    /// <summary>Keeps logs of the machine in more detail.</summary>
    public static readonly PropertyKey<bool> Debug = new("debug");
}

/// <summary>Keys of the system properties that plugins read (spec: domain model, section 4).</summary>
public static class SystemProperties
{
    /// <summary>The template of a new AppVM that names none.</summary>
    public static readonly PropertyKey<IQube> DefaultTemplate = new("default_template");

    /// <summary>The disposable template where a qube names none.</summary>
    public static readonly PropertyKey<IQube> DefaultDispvm = new("default_dispvm");

    /// <summary>The kernel where a qube names none.</summary>
    public static readonly PropertyKey<string> DefaultKernel = new("default_kernel");

    /// <summary>The netvm where a qube names none.</summary>
    public static readonly PropertyKey<IQube> DefaultNetvm = new("default_netvm");

    /// <summary>The pool where nothing names one.</summary>
    public static readonly PropertyKey<string> DefaultPool = new("default_pool");

    /// <summary>Seconds between two samples of <c>admin.vm.Stats</c>.</summary>
    public static readonly PropertyKey<int> StatsInterval = new("stats_interval");
}
