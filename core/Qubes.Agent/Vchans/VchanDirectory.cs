using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Vchan;

namespace Qubes.Agent.Vchans;

/// <summary>Where the Unix-socket vchans of this guest are (spec: protocol, section 1), and the number it goes by there.</summary>
internal sealed record VchanDirectory(string Path, int Domain)
{
    /// <summary>The variable that names the directory.</summary>
    public const string PathVariable = "VCHAN_SOCKET_DIR";

    /// <summary>The variable that names the number.</summary>
    public const string DomainVariable = "VCHAN_DOMAIN";

    private const UnixFileMode SharedLikeTmp = (UnixFileMode)0x3ff;

    /// <summary>
    /// What <c>VCHAN_SOCKET_DIR</c> and <c>VCHAN_DOMAIN</c> say. Without them <c>/run/vchan</c> and 0: these vchans never leave the
    /// guest, so all that matters is that its programs say the same.
    /// </summary>
    public static VchanDirectory FromEnvironment() => new(
        Environment.GetEnvironmentVariable(PathVariable) ?? "/run/vchan",
        int.TryParse(Environment.GetEnvironmentVariable(DomainVariable), out var domain) && domain >= 0 ? domain : 0);

    /// <summary>Where a program of this guest serves the vchan of a call to that peer.</summary>
    public string OfCaller(ExecParameters peer) => VchanSocketPath.Of(Path, Domain, peer.Domain, peer.Port);

    /// <summary>Makes the directory if there is none: everyone may serve there, and nobody remove what is another's.</summary>
    public void Create()
    {
        if (Directory.Exists(Path))
            return;
        Directory.CreateDirectory(Path);
        File.SetUnixFileMode(Path, SharedLikeTmp);
    }
}
