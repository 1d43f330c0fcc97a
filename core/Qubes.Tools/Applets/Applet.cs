using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Applets;

/// <summary>
/// One program of the multi-call binary. To add one: derive from this class, keep the options and arguments in fields, hand
/// them to
/// the command in <see cref="Describe"/>, and name the class in <see cref="AppletRegistry"/>.
/// </summary>
/// <param name="name">The program's name, as linked.</param>
/// <param name="summary">One line for <c>--help</c>.</param>
internal abstract class Applet(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    /// <summary>More about it for the manual page, in paragraphs of whole sentences; empty for nothing.</summary>
    public virtual string Details => "";

    /// <summary>Its exit statuses for the manual page, where they are not those of all: <c>NUMBER TEXT</c>, one a line.</summary>
    public virtual string Statuses => """
        0 success
        1 the request was understood and failed
        2 the command line is wrong, or names a qube that does not exist
        """;

    /// <summary>
    /// Adds this applet's options and arguments. <c>--help</c>, <c>--version</c>, <c>--debug</c>, <c>-v</c> and <c>-q</c> are
    /// there already.
    /// </summary>
    public abstract void Describe(Command command);

    /// <summary>Changes the words of the command line before they are parsed, for what the parser cannot express.</summary>
    public virtual IReadOnlyList<string> Rewrite(Command command, IReadOnlyList<string> arguments) => arguments;

    /// <summary>
    /// Does the work and returns the exit status. Throw <see cref="UsageException"/> for a wrong command line,
    /// <see cref="ToolException"/> for a failure; an <see cref="Admin.AdminException"/> may pass through. The token is
    /// cancelled by
    /// SIGINT, SIGTERM and SIGHUP.
    /// </summary>
    public abstract Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation);
}
