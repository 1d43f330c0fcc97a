namespace Qubes.Tools.Hosting;

/// <summary>Where the daemon's sockets are; <c>QUBES_ROOT</c> is put before every path.</summary>
/// <param name="root">The value of <c>QUBES_ROOT</c>, or empty for the real system.</param>
/// <param name="vchanDirectory">The value of <c>VCHAN_SOCKET_DIR</c>, or null.</param>
internal sealed class ToolPaths(string root, string? vchanDirectory)
{
    private readonly string _root = root.TrimEnd('/');

    public string AdminSocket => _root + "/run/qubesd.sock";

    /// <summary>Holds the sockets <c>qrexec.NAME</c> of the qubes whose agent is connected.</summary>
    public string QrexecDirectory => _root + "/run/qubes";

    public string VchanDirectory => vchanDirectory ?? _root + "/run/vchan";

    /// <summary>The command that starts a daemon for this root, for error messages.</summary>
    public string StartCommand => _root.Length == 0 ? "systemctl start qubesd" : $"QUBES_ROOT={_root} qubesd";

    public static ToolPaths FromEnvironment() =>
        new(Environment.GetEnvironmentVariable("QUBES_ROOT") ?? "", Environment.GetEnvironmentVariable("VCHAN_SOCKET_DIR"));
}
