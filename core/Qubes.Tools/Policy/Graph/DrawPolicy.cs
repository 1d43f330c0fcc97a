using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy.Graph;

/// <summary><c>qubes-policy graph --format dot|svg</c>.</summary>
internal sealed class DrawPolicy() : AppletAction("graph", "Draw who may call whom: solid arrows where it is allowed, dashed ones where the user is asked.")
{
    private const string Dot = "dot";
    private const string Svg = "svg";

    private readonly SystemInfoOption systemInfo = new();

    private readonly Option<string> format = new("--format")
    {
        Description = "dot, or svg, which needs the program dot of Graphviz",
        HelpName = "dot|svg",
        DefaultValueFactory = _ => Dot,
    };

    private readonly Option<string?> service = new("--service") { Description = "Only this service", HelpName = "NAME" };

    private readonly Option<string?> source = new("--source") { Description = "Only calls of this qube", HelpName = "VMNAME" };

    protected override void Describe(Command command)
    {
        format.AcceptOnlyFromAmong(Dot, Svg);
        foreach (var option in (Option[])[format, service, source])
            command.Add(option);
        systemInfo.AddTo(command);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var policy = PolicyFiles.Load(session);
        var system = await systemInfo.ReadAsync(line, session, cancellation);
        var text = DotText.Of(PermittedCalls.Find(policy, system, line.GetValue(source), line.GetValue(service)));
        if (line.GetValue(format) == Dot)
            session.Console.Out.Write(text);
        else
            await DrawAsync(text, session.Console, cancellation);
        return ExitCode.Success;
    }

    private static async Task DrawAsync(string text, ToolConsole console, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new(Dot, ["-Tsvg"]) { RedirectStandardInput = true, RedirectStandardOutput = true },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new ToolException("svg is drawn by the program dot, which is not installed: install the package graphviz, or use --format dot", cause: e);
        }
        var copying = process.StandardOutput.BaseStream.CopyToAsync(console.RawOutput, cancellation);
        await process.StandardInput.WriteAsync(text.AsMemory(), cancellation);
        process.StandardInput.Close();
        await copying;
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new ToolException($"dot failed with status {process.ExitCode}");
    }
}
