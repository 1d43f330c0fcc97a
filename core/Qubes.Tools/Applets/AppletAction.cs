using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Applets;

/// <summary>One command of an applet that has several, such as <c>qvm-volume list</c>.</summary>
/// <param name="name">The command's name.</param>
/// <param name="summary">One line for <c>--help</c>.</param>
/// <param name="aliases">Other names it goes by.</param>
internal abstract class AppletAction(string name, string summary, params string[] aliases)
{
    public string Name => name;

    /// <summary>Makes the command with its options and arguments.</summary>
    public Command Declare()
    {
        var command = new Command(name, summary);
        foreach (var alias in aliases)
            command.Aliases.Add(alias);
        Describe(command);
        return command;
    }

    protected abstract void Describe(Command command);

    /// <inheritdoc cref="Applet.RunAsync"/>
    public abstract Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation);
}
