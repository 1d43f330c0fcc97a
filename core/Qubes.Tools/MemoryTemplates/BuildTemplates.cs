using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preloading;

namespace Qubes.Tools.MemoryTemplates;

/// <summary><c>qvm-memory-template build TEMPLATE… [--wait]</c>.</summary>
internal sealed class BuildTemplates() : AppletAction(
    "build", "Have a memory template made now, whatever failed before. One that is still right is kept.")
{
    private readonly Argument<string[]> templates = new(TemplateSelection.HelpName)
    {
        Description = "Disposable templates",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> wait = new("--wait") { Description = "Return when it is ready, or fail and say why it is not" };

    protected override void Describe(Command command)
    {
        command.Add(templates);
        command.Add(wait);
    }

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var calls = new MemoryTemplateCalls(session);
        return PerTemplate.RunAsync(
            session, line.GetValue(templates)!.Distinct(StringComparer.Ordinal), t => calls.BuildAsync(t, line.GetValue(wait), cancellation));
    }
}
