using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Cloning;

/// <summary><c>qvm-clone VMNAME NEWVM</c>.</summary>
internal sealed class CloneApplet() : Applet("qvm-clone", "Copy a qube with its data and settings.")
{
    private readonly Argument<string> source = new("VMNAME") { Description = "The qube to copy" };
    private readonly Argument<string> name = new("NEWVM") { Description = "The new qube's name" };
    private readonly Option<string?> className = new("--class", "-C")
    {
        Description = "The new qube's class (default: that of the original)",
        HelpName = "CLASS",
    };
    private readonly PoolChoice pools = new();
    private readonly Option<bool> ignoreErrors = new("--ignore-errors")
    {
        Description = "Tell what settings cannot be copied, leave them out, and go on",
    };
    private readonly Option<bool> ignoreDevices = new("--ignore-devices") { Description = "Do not copy assignments of devices" };

    public override string Details =>
        """
        The new qube has the original's properties as far as they are set and its class has them, its tags, features, notes,
        firewall rules and
        device assignments, and the content of the volumes it keeps. Volumes are made in the pools of the original's unless
        told otherwise.

        When something fails the new qube is removed again.
        """;

    public override void Describe(Command command)
    {
        command.Add(source);
        command.Add(name);
        command.Add(className);
        pools.AddTo(command);
        command.Add(ignoreErrors);
        command.Add(ignoreDevices);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var plan = new ClonePlan(line.GetRequiredValue(source), line.GetRequiredValue(name))
        {
            Class = line.GetValue(className) is { } given ? QubeClass.Parse(given) : null,
            Pool = pools.ForAll(line),
            Pools = pools.ByVolume(line),
            CopyDevices = !line.GetValue(ignoreDevices),
            IgnoreErrors = line.GetValue(ignoreErrors),
        };
        await new QubeCloner(session, plan).RunAsync(cancellation);
        return ExitCode.Success;
    }
}
