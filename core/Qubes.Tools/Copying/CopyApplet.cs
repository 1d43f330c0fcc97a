using System.CommandLine;
using Qubes.Qrexec.Files;
using Qubes.Tools.Applets;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Lifecycle;
using Qubes.Tools.Running;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Copying;

/// <summary>
/// <c>qvm-copy-to-vm VMNAME FILE...</c> and <c>qvm-move-to-vm</c>: files and trees go to <c>~/QubesIncoming/dom0</c> of a qube, through
/// its service <c>qubes.Filecopy</c> (spec: qrexec protocol, section 10).
/// </summary>
internal sealed class CopyApplet : Applet
{
    private readonly bool isMove;
    private readonly Argument<string> target = new("VMNAME") { Description = "The qube that gets them" };
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Files and directories; a link that is named here is followed, others are copied as links",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> allNames = new("--allow-all-names")
    {
        Description = "Also names that are not safe to display",
    };

    private CopyApplet(string name, string summary, bool isMove)
        : base(name, summary) => this.isMove = isMove;

    public override string Details =>
        """
        Nothing is overwritten in the qube. What is no file, directory or link is passed over. With qvm-move-to-vm the originals are
        deleted when the qube has said that it has all of them, and only what it has.
        """;

    public static CopyApplet Copy() => new("qvm-copy-to-vm", "Copy files to a qube.", isMove: false);

    public static CopyApplet Move() => new("qvm-move-to-vm", "Move files to a qube.", isMove: true);

    public override void Describe(Command command)
    {
        command.Add(target);
        command.Add(files);
        command.Add(allNames);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var paths = line.GetRequiredValue(files);
        if (Array.Find(paths, path => !Path.Exists(path)) is { } missing)
            throw new UsageException($"no such file: '{missing}'");
        var qube = await QubeList.FetchOneAsync(session, line.GetRequiredValue(target), cancellation);
        if (qube.IsAdmin)
            throw new UsageException("files are not copied to dom0");
        if (!await Readiness.EnsureAsync(session, qube, autostart: true, cancellation))
            return ExitCode.Failure;
        var plan = new RunPlan([line.GetValue(allNames) ? "qubes.Filecopy+allow-all-names" : "qubes.Filecopy"]) { IsService = true };
        var call = await new CallPlanner(session, plan).PlanAsync(qube.Name, wait: true, cancellation);
        var copy = new FileCopy(session, reason => session.Warn(SafeText.OneLine(reason)));
        var sent = await copy.RunAsync(call, paths, cancellation);
        var left = isMove ? sent.Delete() : [];
        foreach (var reason in left)
            session.Warn(SafeText.OneLine(reason));
        return copy.Skipped == 0 && left.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
