using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Disposables;
using Qubes.Tools.Domains;
using Qubes.Tools.Features;
using Qubes.Tools.Hosting;
using Qubes.Tools.Lifecycle;

namespace Qubes.Tools.Running;

/// <summary>
/// <c>qvm-run [options] VMNAME COMMAND [ARGUMENT…]</c>. With <c>--pass-io</c> the status is the command's; without, the command
/// is only
/// started, and the status says whether that went well.
/// </summary>
internal sealed class RunApplet() : Applet("qvm-run", "Run a command or service in a qube.")
{
    private readonly RunOptions options = new();

    public override void Describe(Command command) => options.AddTo(command);

    public override IReadOnlyList<string> Rewrite(Command command, IReadOnlyList<string> arguments) =>
        new CommandWords(command, options).Arrange(arguments);

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var (plan, template) = ReadPlan(line);
        if (line.GetResult(options.Disposable) is not null)
        {
            await using var disposable = await DisposableQube.AcquireAsync(session, template ?? "dom0", cancellation);
            return await RunOneAsync(line, session, plan, disposable.Name, wait: true, several: false, cancellation);
        }

        var qubes = await TargetsAsync(line, session, cancellation);
        var code = ExitCode.Success;
        foreach (var qube in qubes)
        {
            var one = await Readiness.EnsureAsync(session, qube, plan.Autostart, cancellation)
                ? await RunOneAsync(line, session, plan, qube.Name, plan.PassStreams, qubes.Count > 1, cancellation)
                : ExitCode.Failure;
            code = Math.Max(code, one);
        }

        return code;
    }

    private (RunPlan Plan, string? Template) ReadPlan(ParseResult line)
    {
        var template = line.GetValue(options.Disposable);
        var words = line.GetValue(options.Words) ?? [];
        // "--dispvm COMMAND": the option took the word, but there is no other that could be the command.
        if (words.Length == 0 && template is not null)
            (words, template) = ([template], null);
        if (line.GetValue(options.Qube) is null)
            throw new UsageException("the following arguments are required: VMNAME, COMMAND");
        var elsewhere = line.GetValue(options.All) || line.GetResult(options.Disposable) is not null;
        if (elsewhere && line.GetValue(options.Qube) != CommandWords.NoQube)
            throw new UsageException("VMNAME excludes --all and --dispvm");
        if (words.Length == 0)
            throw new UsageException("the following arguments are required: COMMAND");
        if (line.GetValue(options.Service) && words.Length > 1)
            throw new UsageException("a service takes no further words; its argument is written after a +");
        if (line.GetValue(options.LocalCommand) is not null && !line.GetValue(options.PassStreams))
            throw new UsageException("--localcmd needs --pass-io");
        if (line.GetValue(options.All) && line.GetResult(options.Disposable) is not null)
            throw new UsageException("--all and --dispvm exclude each other");

        var plan = new RunPlan(words)
        {
            IsService = line.GetValue(options.Service),
            NoShell = line.GetValue(options.NoShell),
            User = line.GetValue(options.User) ?? "DEFAULT",
            PassStreams = line.GetValue(options.PassStreams),
            Gui = !line.GetValue(options.NoGui),
            Autostart = !line.GetValue(options.NoAutostart),
            LocalCommand = line.GetValue(options.LocalCommand),
        };
        if (plan.User.Length == 0 || plan.User.AsSpan().ContainsAny(':', ' ', '\0'))
            throw new UsageException($"no such user: '{plan.User}'");
        return (plan, template);
    }

    private async Task<IReadOnlyList<QubeEntry>> TargetsAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var exclude = line.GetValue(options.Exclude) ?? [];
        if (!line.GetValue(options.All))
        {
            if (exclude.Length > 0)
                throw new UsageException("--exclude can only be used with --all");
            var qube = await QubeList.FetchOneAsync(session, line.GetRequiredValue(options.Qube)!, cancellation);
            return qube.IsAdmin ? throw new UsageException("qvm-run does not run commands in dom0") : [qube];
        }

        var running = new List<QubeEntry>();
        foreach (var qube in await QubeList.FetchAsync(session, cancellation))
        {
            if (qube is { IsAdmin: false, State: "Running" } && !exclude.Contains(qube.Name)
                && !await Feature.IsSetAsync(session, qube.Name, "internal", cancellation))
                running.Add(qube);
        }

        return running;
    }

    private async Task<int> RunOneAsync(
        ParseResult line, Session session, RunPlan plan, string qube, bool wait, bool several, CancellationToken cancellation)
    {
        var call = await new CallPlanner(session, plan).PlanAsync(qube, wait, cancellation);
        if (!plan.PassStreams && !session.Quiet)
            session.Console.Error.WriteLine($"Running '{string.Join(' ', plan.Words)}' on {qube}");
        await using var streams = RunStreams.Open(plan, options, line, session.Console, several);
        var code = await session.Calls.RunAsync(call, streams.Input, streams.Output, streams.Errors, cancellation);
        return await streams.FinishAsync(code, cancellation);
    }
}
