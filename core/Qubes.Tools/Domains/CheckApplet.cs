using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary><c>qvm-check</c>: status 0 if a qube of those given is as asked, 1 if none is, 2 if a name has no qube.</summary>
internal sealed class CheckApplet() : Applet("qvm-check", "Check whether qubes exist, or what state they are in.")
{
    private readonly QubeSelection _selection = new();
    private readonly Option<bool> _running = new("--running") { Description = "Is it running (paused counts)?" };
    private readonly Option<bool> _paused = new("--paused") { Description = "Is it paused?" };
    private readonly Option<bool> _template = new("--template") { Description = "Is it a template?" };

    public override void Describe(Command command)
    {
        _selection.AddTo(command);
        command.Add(_running);
        command.Add(_paused);
        command.Add(_template);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var (test, one, many) = Question(line);
        var names = (await _selection.ResolveAsync(line, session, cancellation)).Where(test).Select(qube => qube.Name).ToList();
        if (!session.Quiet)
        {
            session.Console.Out.WriteLine(names switch
            {
                [] => $"None of given VM {many}",
                [var name] => $"VM {name} {one}",
                _ => $"VMs {string.Join(", ", names)} {many}",
            });
        }

        return names.Count > 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private (Func<QubeEntry, bool> Test, string One, string Many) Question(ParseResult line)
    {
        if (line.GetValue(_running))
            return (qube => !qube.IsHalted, "is running", "are running");
        if (line.GetValue(_paused))
            return (qube => qube.IsPaused, "is paused", "are paused");
        if (line.GetValue(_template))
            return (qube => qube.Class == "TemplateVM", "is a template", "are templates");
        return (_ => true, "exists", "exist");
    }
}
