using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Domains;

/// <summary><c>qvm-check</c>: status 0 if a qube of those given is as asked, 1 if none is, 2 if a name has no qube.</summary>
internal sealed class CheckApplet() : Applet("qvm-check", "Check whether qubes exist, or what state they are in.")
{
    private readonly QubeSelection selection = new();
    private readonly Option<bool> running = new("--running") { Description = "Is it running (paused counts)?" };
    private readonly Option<bool> paused = new("--paused") { Description = "Is it paused?" };
    private readonly Option<bool> template = new("--template") { Description = "Is it a template?" };

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        command.Add(running);
        command.Add(paused);
        command.Add(template);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var (test, one, many) = Question(line);
        var names = (await selection.ResolveAsync(line, session, cancellation)).Where(test).Select(qube => qube.Name).ToList();
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
        if (line.GetValue(running))
            return (qube => !qube.IsHalted, "is running", "are running");
        if (line.GetValue(paused))
            return (qube => qube.IsPaused, "is paused", "are paused");
        if (line.GetValue(template))
            return (qube => qube.Class == "TemplateVM", "is a template", "are templates");
        return (_ => true, "exists", "exist");
    }
}
