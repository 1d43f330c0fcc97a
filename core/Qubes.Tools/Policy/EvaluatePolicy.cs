using System.CommandLine;
using Qubes.Policy.Answers;
using Qubes.Policy.Evaluation;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Policy;

/// <summary><c>qubes-policy eval --source S --service X [--arg A] --target T [--system-info FILE] [--json]</c>.</summary>
internal sealed class EvaluatePolicy() : AppletAction("eval", "Say what would come of a call, and which line decides. Nothing is called or asked.")
{
    private readonly SystemInfoOption systemInfo = new();

    private readonly Option<string> source = new("--source") { Description = "The qube that calls", HelpName = "VMNAME", Required = true };

    private readonly Option<string> service = new("--service") { Description = "The service it calls", HelpName = "NAME", Required = true };

    private readonly Option<string?> argument = new("--arg") { Description = "The service's argument (default: none)", HelpName = "TEXT" };

    private readonly Option<string> target = new("--target")
    {
        Description = "What it asks for: a qube, dom0, @dispvm, @dispvm:TEMPLATE or @default",
        HelpName = "VMNAME",
        Required = true,
    };

    private readonly Option<string?> relayedFor = new("--for") { Description = "The remote qube that it speaks for", HelpName = "VMNAME" };

    private readonly Option<bool> json = new("--json") { Description = "One line of JSON" };

    protected override void Describe(Command command)
    {
        foreach (var option in (Option[])[source, service, argument, target, relayedFor, json])
            command.Add(option);
        systemInfo.AddTo(command);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var policy = PolicyFiles.Load(session);
        var system = await systemInfo.ReadAsync(line, session, cancellation);
        var from = line.GetValue(source)!;
        if (!system.TryFind(from, out _))
            throw new ToolException($"no such qube: '{from}'");
        var call = new PolicyCall(from, FullName(line), line.GetValue(target)!) { RelayedFor = line.GetValue(relayedFor) ?? "" };

        var decision = policy.Decide(call, system);
        // What a question would come to is the user's to say.
        var outcome = decision is AskedDecision ? null : Settlement.Settle(decision, call, system);
        var report = new EvaluationReport(decision, outcome);
        if (line.GetValue(json))
            session.Console.Out.WriteLine(report.ToJson());
        else
            report.WriteTo(session.Console.Out);
        return ExitCode.Success;
    }

    private string FullName(ParseResult line)
    {
        var name = line.GetValue(service)!;
        var text = line.GetValue(argument);
        if (text is not null && name.Contains('+', StringComparison.Ordinal))
            throw new UsageException("--arg cannot be given with an argument in --service");
        return text is null ? name : $"{name}+{text}";
    }
}
