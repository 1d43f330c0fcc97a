using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;

namespace Qubes.Tools.Domains;

/// <summary>
/// <c>qvm-check</c>: status 0 if all qubes given are as asked, 3 if only some are, 1 if none is or one of the names has no qube.
/// </summary>
internal sealed class CheckApplet() : Applet("qvm-check", "Check whether qubes exist, or what state they are in.")
{
    /// <summary>Some of the qubes fit, but not all.</summary>
    private const int OnlySome = 3;

    private readonly QubeSelection selection = new();
    private readonly Option<bool> running = new("--running") { Description = "Is it running (paused counts)?" };
    private readonly Option<bool> paused = new("--paused") { Description = "Is it paused?" };
    private readonly Option<bool> template = new("--template") { Description = "Is it a template?" };
    private readonly Option<bool> networked = new("--networked") { Description = "Can it reach the network?" };

    public override string Statuses => $"""
        0 all qubes given exist, and are all that is asked
        1 none is, or one of them does not exist
        {OnlySome} some are, some are not
        """;

    public override void Describe(Command command)
    {
        selection.AddTo(command);
        foreach (var option in new[] { running, paused, template, networked })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var qubes = await FindAsync(line, session, cancellation);
        var fitting = new List<string>();
        foreach (var qube in qubes)
        {
            if (await FitsAsync(line, session, qube, cancellation))
                fitting.Add(qube.Name);
        }

        if (!session.Quiet)
            session.Console.Out.WriteLine(Verdict(fitting, Question(line)));
        return fitting.Count == 0 ? ExitCode.Failure : fitting.Count < qubes.Count ? OnlySome : ExitCode.Success;
    }

    private async Task<IReadOnlyList<QubeEntry>> FindAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        try
        {
            return await selection.ResolveAsync(line, session, cancellation);
        }
        catch (NoSuchQubeException e)
        {
            // Here this is an answer and no wrong command line.
            throw new ToolException(e.Message, ExitCode.Failure, e);
        }
    }

    private async Task<bool> FitsAsync(ParseResult line, Session session, QubeEntry qube, CancellationToken cancellation) =>
        (!line.GetValue(running) || !qube.IsHalted)
        && (!line.GetValue(paused) || qube.IsPaused)
        && (!line.GetValue(template) || qube.Class == "TemplateVM")
        && (!line.GetValue(networked) || await IsNetworkedAsync(session, qube.Name, cancellation));

    /// <summary>It has a network qube, or is one.</summary>
    private static async Task<bool> IsNetworkedAsync(Session session, string qube, CancellationToken cancellation)
    {
        var values = await new PropertyHolder(session, qube).GetAllAsync(cancellation);
        return values.GetValueOrDefault("provides_network") is { Text: "True" }
            || values.GetValueOrDefault("netvm") is { IsNone: false };
    }

    private (string One, string Many) Question(ParseResult line)
    {
        var asked = new[] { (running, "running"), (paused, "paused"), (template, "a template"), (networked, "networked") }
            .Where(question => line.GetValue(question.Item1)).Select(question => question.Item2).ToList();
        return asked.Count == 0
            ? ("exists", "exist")
            : ("is " + string.Join(" and ", asked), "are " + string.Join(" and ", asked).Replace("a template", "templates"));
    }

    private static string Verdict(List<string> names, (string One, string Many) question) => names switch
    {
        [] => $"None of given VM {question.Many}",
        [var name] => $"VM {name} {question.One}",
        _ => $"VMs {string.Join(", ", names)} {question.Many}",
    };
}
