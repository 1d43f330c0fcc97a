using Qubes.Client.Native;
using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Client.Calling;

/// <summary>Where the agent listens, and where vchans are served, in a guest and on the host.</summary>
internal static class CallPlaces
{
    private const string DirectoryVariable = "VCHAN_SOCKET_DIR";
    private const string DomainVariable = "VCHAN_DOMAIN";

    /// <summary>The agent's socket, or the daemon's that does the same on the host.</summary>
    public static string Agent => Root + "/run/qubes/qrexec-agent";

    /// <summary>
    /// Where to serve the vchan of a call to that peer: in <c>VCHAN_SOCKET_DIR</c>, else in this user's directory if this is a host
    /// that has those, else in <c>/run/vchan</c>; as domain <c>VCHAN_DOMAIN</c>, or 0.
    /// </summary>
    public static string Vchan(ExecParameters peer) => VchanSocketPath.Of(VchanDirectory, Domain, peer.Domain, peer.Port);

    private static string Root => (Environment.GetEnvironmentVariable("QUBES_ROOT") ?? "").TrimEnd('/');

    private static int Domain =>
        int.TryParse(Environment.GetEnvironmentVariable(DomainVariable), out var domain) && domain >= 0 ? domain : 0;

    private static string VchanDirectory
    {
        get
        {
            if (Environment.GetEnvironmentVariable(DirectoryVariable) is { } named)
                return named;
            var ofUsers = Root + "/run/qubes/client-vchan";
            return Environment.GetEnvironmentVariable(DomainVariable) is null && Directory.Exists(ofUsers)
                ? $"{ofUsers}/{Libc.EffectiveUser}"
                : Root + "/run/vchan";
        }
    }
}
