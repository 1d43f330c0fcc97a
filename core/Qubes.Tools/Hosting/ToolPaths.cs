using Qubes.Policy.Loading;

namespace Qubes.Tools.Hosting;

/// <summary>Where the daemon's sockets are; <c>QUBES_ROOT</c> is put before every path.</summary>
/// <param name="root">The value of <c>QUBES_ROOT</c>, or empty for the real system.</param>
/// <param name="vchanDirectory">The value of <c>VCHAN_SOCKET_DIR</c>, or null.</param>
internal sealed class ToolPaths(string root, string? vchanDirectory)
{
    private readonly string root = root.TrimEnd('/');

    public string AdminSocket => this.root + "/run/qubesd.sock";

    /// <summary>The socket for what the host's own scripts do (spec: Admin API, section 9).</summary>
    public string InternalSocket => root + "/run/qubesd.internal.sock";

    /// <summary>Where the policy of calls lives.</summary>
    public PolicyDirectories Policy => PolicyDirectories.Below(root);

    /// <summary>Where the daemon puts questions of the policy to terminals.</summary>
    public string PolicyPromptSocket => QrexecDirectory + "/policy-prompt.sock";

    /// <summary>Holds the sockets <c>qrexec.NAME</c> of the qubes whose agent is connected.</summary>
    public string QrexecDirectory => this.root + "/run/qubes";

    public string VchanDirectory => vchanDirectory ?? this.root + "/run/vchan";

    /// <summary>The command that starts a daemon for this root, for error messages.</summary>
    public string StartCommand => this.root.Length == 0 ? "systemctl start qubesd" : $"QUBES_ROOT={this.root} qubesd";

    public static ToolPaths FromEnvironment() =>
        new(Environment.GetEnvironmentVariable("QUBES_ROOT") ?? "", Environment.GetEnvironmentVariable("VCHAN_SOCKET_DIR"));
}
