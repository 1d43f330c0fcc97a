using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary>How a volume is named on the command line: <c>VMNAME:VOLUME</c>.</summary>
internal sealed record VolumeAddress(string Qube, string Volume)
{
    /// <summary>What stands for such a word in help texts; completion goes by it.</summary>
    public const string HelpName = "VMNAME:VOLUME";

    public static VolumeAddress Parse(string text) =>
        text.Split(':') is [{ Length: > 0 } qube, { Length: > 0 } volume]
            ? new VolumeAddress(qube, volume)
            : throw new UsageException($"no such volume: '{text}'; {HelpName} is accepted, such as work:private");

    public QubeVolumes Of(Session session) => new(session, Qube);

    public override string ToString() => $"{Qube}:{Volume}";
}
