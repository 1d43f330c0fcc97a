using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preloading;

namespace Qubes.Tools.MemoryTemplates;

/// <summary><c>qvm-memory-template discard TEMPLATE…</c>.</summary>
internal sealed class DiscardTemplates() : AppletAction(
    "discard", "Remove a memory template. Copies that run are left alone; the next disposable is booted, and another one is made.")
{
    private readonly Argument<string[]> templates = new(TemplateSelection.HelpName)
    {
        Description = "Disposable templates",
        Arity = ArgumentArity.OneOrMore,
    };

    protected override void Describe(Command command) => command.Add(templates);

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var calls = new MemoryTemplateCalls(session);
        return PerTemplate.RunAsync(
            session, line.GetValue(templates)!.Distinct(StringComparer.Ordinal), t => calls.DiscardAsync(t, cancellation));
    }
}
