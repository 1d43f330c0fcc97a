using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary><c>qvm-volume resize VMNAME:VOLUME SIZE</c>; a smaller size only with <c>--force</c>.</summary>
internal sealed class ResizeVolume() : AppletAction("resize", "Change a volume's size.", "extend")
{
    private readonly Argument<string> volume = new(VolumeAddress.HelpName) { Description = "The volume" };
    private readonly Argument<string> size = new("SIZE")
    {
        Description = "The new size in bytes, or with K, M, G, T (powers of 1000) or Ki, Mi, Gi, Ti (powers of 1024)",
    };
    private readonly Option<bool> force = new("--force", "-f")
    {
        Description = "Also make it smaller, if the pool can do that: what is beyond the new size is lost",
    };

    protected override void Describe(Command command)
    {
        command.Add(volume);
        command.Add(size);
        command.Add(force);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var address = VolumeAddress.Parse(line.GetRequiredValue(volume));
        var bytes = ByteSize.Parse(line.GetRequiredValue(size));
        var volumes = address.Of(session);
        if (!line.GetValue(force) && await volumes.InfoAsync(address.Volume, cancellation) is { } now && bytes < now.Size)
        {
            throw new ToolException(
                $"{address} has {now.Size} bytes; making it smaller ({bytes} bytes) can destroy data and needs --force");
        }

        await volumes.ResizeAsync(address.Volume, bytes, cancellation);
        return ExitCode.Success;
    }
}
