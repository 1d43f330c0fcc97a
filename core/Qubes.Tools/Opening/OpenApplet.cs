using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Disposables;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;
using Qubes.Tools.Lifecycle;
using Qubes.Tools.Running;
using Qubes.Tools.Terminal;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Opening;

/// <summary>
/// <c>qvm-open-in-vm VMNAME FILE</c> and <c>qvm-open-in-dvm FILE</c>, with a FILE or a URL (spec: conversion services, section
/// 4). The qube
/// decides what the changed file holds: what comes back must be treated like anything else that comes from there.
/// </summary>
internal sealed class OpenApplet : Applet
{
    private const string AnyDisposable = "@dispvm";

    private readonly Argument<string>? target;
    private readonly Argument<string> file = new("FILE") { Description = "The file, or a URL such as https://example.org/" };
    private readonly Option<bool> viewOnly = new("--view-only") { Description = "Do not take changes back" };
    private readonly Option<string> limit = new("--limit")
    {
        Description = "The most a changed file may have, in bytes or with K, M, G, T or Ki, Mi, Gi, Ti",
        HelpName = "SIZE",
        DefaultValueFactory = _ => "1Gi",
    };

    private OpenApplet(string name, string summary, Argument<string>? target)
        : base(name, summary) => this.target = target;

    public override string Details =>
        """
        The file is sent to the service qubes.OpenInVM, which opens it with the program the qube has for it. When that ends, a
        changed
        file comes back and replaces the original, unless --view-only was given; where its directory cannot be written to it is
        left in the
        directory for temporary files. A FILE that does not exist and looks like scheme://... is sent to the service
        qubes.OpenURL instead.

        The qube decides what the changed file holds: treat it like anything else that comes from there.
        """;

    public override string Statuses => """
        0 success
        1 the request was understood and failed, in the qube or here
        2 the command line is wrong, or names a qube that does not exist
        126 the call was refused
        127 the qube has no such service
        """;

    public static OpenApplet InQube() => new("qvm-open-in-vm", "Open a file or URL in a qube.", new Argument<string>("VMNAME")
    {
        Description = "The qube; @dispvm or @dispvm:TEMPLATE for a fresh disposable",
    });

    public static OpenApplet InDisposable() => new("qvm-open-in-dvm", "Open a file or URL in a fresh disposable.", null);

    public override void Describe(Command command)
    {
        if (target is not null)
            command.Add(target);
        command.Add(file);
        command.Add(viewOnly);
        command.Add(limit);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var name = line.GetRequiredValue(file);
        var most = ByteSize.Parse(line.GetValue(limit)!);
        await using var request = OpenRequest.Make(name, line.GetValue(viewOnly), most);
        var qube = target is null ? AnyDisposable : line.GetRequiredValue(target);
        if (qube == AnyDisposable || qube.StartsWith(AnyDisposable + ":", StringComparison.Ordinal))
        {
            var template = qube.Length > AnyDisposable.Length ? qube[(AnyDisposable.Length + 1)..] : "dom0";
            await using var disposable = await DisposableQube.AcquireAsync(session, template, cancellation);
            return await SendAsync(session, request, disposable.Name, cancellation);
        }

        var entry = await QubeList.FetchOneAsync(session, qube, cancellation);
        if (entry.IsAdmin)
            throw new UsageException("files are not opened in dom0");
        return await Readiness.EnsureAsync(session, entry, autostart: true, cancellation)
            ? await SendAsync(session, request, entry.Name, cancellation)
            : ExitCode.Failure;
    }

    private static async Task<int> SendAsync(Session session, OpenRequest request, string qube, CancellationToken cancellation)
    {
        var plan = new RunPlan([request.Service]) { IsService = true };
        var call = await new CallPlanner(session, plan).PlanAsync(qube, wait: true, cancellation) with { Prefix = request.Head };
        await using var errors = new TerminalFilter(session.Console.RawError, filter: true, null);
        var code = await session.Calls.RunAsync(call, request.Content, request.Answer, errors, cancellation);
        if (code == ExitCode.NoSuchService)
            session.Warn($"error: '{qube}' has no service {request.Service}");
        else if (code != ExitCode.Success)
            session.Warn($"error: {request.Service} in '{qube}' ended with status {code}; the file is unchanged");
        else if (await request.TakeAsync(cancellation) is { } elsewhere)
            session.Warn($"the changed file could not replace the original; it is {SafeText.OneLine(elsewhere)}");
        return code;
    }
}
