namespace Qubes.Sdk.Hosting;

/// <summary>
/// Where things live (design, section 7). <c>QUBES_ROOT</c> is put before every path but those of the program itself,
/// which are found beside the running binary, so that a daemon works without being installed.
/// </summary>
/// <param name="root">The value of <c>QUBES_ROOT</c>, absolute; empty for the real system.</param>
/// <param name="prefix">The installation prefix that holds <c>lib/qubes</c> and <c>share/qubes</c>, e.g. <c>/usr</c>.</param>
public sealed class QubesPaths(string root, string prefix)
{
    /// <summary><c>QUBES_ROOT</c>, or empty.</summary>
    public string Root { get; } = root.TrimEnd('/');

    /// <summary>Configuration: <c>/etc/qubes</c>.</summary>
    public string Configuration => Root + "/etc/qubes";

    /// <summary>Durable state: <c>/var/lib/qubes</c>.</summary>
    public string State => Root + "/var/lib/qubes";

    /// <summary>What can be made again: <c>/var/cache/qubes</c>.</summary>
    public string Cache => Root + "/var/cache/qubes";

    /// <summary>Logs: <c>/var/log/qubes</c>.</summary>
    public string Logs => Root + "/var/log/qubes";

    /// <summary>Sockets and other things that end with the host's boot: <c>/run/qubes</c>.</summary>
    public string Runtime => Root + "/run/qubes";

    /// <summary>The Admin API socket.</summary>
    public string AdminSocket => Root + "/run/qubesd.sock";

    /// <summary>The internal socket (spec: Admin API, section 9).</summary>
    public string InternalSocket => Root + "/run/qubesd.internal.sock";

    /// <summary>The socket for what qubes tell the host of themselves (spec: Admin API, section 9).</summary>
    public string MiscSocket => Root + "/run/qubesd.misc.sock";

    /// <summary>The socket that a local Prometheus, or its node, reads metrics from.</summary>
    public string MetricsSocket => Root + "/run/qubesd.metrics.sock";

    /// <summary>Unix-socket vchans: <c>/run/vchan</c>.</summary>
    public string Vchan => Root + "/run/vchan";

    /// <summary>Kernels, a directory each with <c>vmlinuz</c> and <c>initramfs</c>.</summary>
    public string Kernels => State + "/vm-kernels";

    /// <summary>Plugins that ship with the program.</summary>
    public string ShippedPlugins => prefix + "/lib/qubes/plugins";

    /// <summary>Third-party plugins: <c>/usr/local/lib/qubes/plugins</c>.</summary>
    public string LocalPlugins => Root + "/usr/local/lib/qubes/plugins";

    /// <summary>Presets that ship; the administrator's are below <see cref="Configuration"/>.</summary>
    public string ShippedPresets => prefix + "/lib/qubes/plugin-preset.d";

    /// <summary>Programs and files for guests.</summary>
    public string GuestFiles => prefix + "/lib/qubes/guest";

    /// <summary>Programs that the daemon starts and people do not.</summary>
    public string Libexec => prefix + "/lib/qubes/libexec";

    /// <summary>Data that ships: scripts, recipes.</summary>
    public string Shared => prefix + "/share/qubes";
}
