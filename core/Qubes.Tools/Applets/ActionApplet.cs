using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Applets;

/// <summary>An applet whose first word chooses what it does.</summary>
/// <param name="actions">What it can do.</param>
internal abstract class ActionApplet(string name, string summary, params AppletAction[] actions) : Applet(name, summary)
{
    public override void Describe(Command command)
    {
        // A command line without a command is told by RunAsync, which names those there are; the parser would not.
        command.SetAction(_ => ExitCode.Usage);
        foreach (var action in actions)
            command.Add(action.Declare());
    }

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation) =>
        actions.FirstOrDefault(action => action.Name == line.CommandResult.Command.Name) is { } chosen
            ? chosen.RunAsync(line, session, cancellation)
            : throw new UsageException($"a command is required; one of: {string.Join(", ", actions.Select(action => action.Name))}");
}
