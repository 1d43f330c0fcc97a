using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Volumes;

/// <summary><c>qvm-volume revert VMNAME:VOLUME [REVISION]</c>.</summary>
internal sealed class RevertVolume() : AppletAction("revert", "Bring a volume back to a revision.", "rv", "r")
{
    private readonly Argument<string> volume = new(VolumeAddress.HelpName) { Description = "The volume" };
    private readonly Argument<string?> revision = new("REVISION")
    {
        Description = "The revision, as listed by info (default: the latest)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    protected override void Describe(Command command)
    {
        command.Add(volume);
        command.Add(revision);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var address = VolumeAddress.Parse(line.GetRequiredValue(volume));
        var volumes = address.Of(session);
        var revisions = await volumes.RevisionsAsync(address.Volume, cancellation);
        if (revisions.Count == 0)
            throw new ToolException($"{address} has no revisions");
        var chosen = line.GetValue(revision) ?? revisions[^1];
        if (!revisions.Contains(chosen))
            throw new UsageException($"no such revision of {address}: '{chosen}'; one of: {string.Join(", ", revisions)}");
        await volumes.RevertAsync(address.Volume, chosen, cancellation);
        return ExitCode.Success;
    }
}
