using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preloading;

/// <summary>The arguments <c>TEMPLATE…</c> and <c>--all</c>.</summary>
internal sealed class TemplateSelection
{
    public const string HelpName = "TEMPLATE";

    private readonly Argument<string[]> names = new(HelpName) { Description = "Disposable templates", Arity = ArgumentArity.ZeroOrMore };

    private readonly Option<bool> all = new("--all") { Description = "All templates that this can concern" };

    public void AddTo(Command command)
    {
        command.Add(names);
        command.Add(all);
    }

    /// <param name="concerned">Which ones <c>--all</c> stands for.</param>
    /// <exception cref="UsageException">No choice, or both kinds of choice.</exception>
    public async Task<IReadOnlyList<string>> ResolveAsync(
        ParseResult line, Session session, Func<PreloadStatus, bool> concerned, CancellationToken cancellation)
    {
        var given = line.GetValue(names) ?? [];
        if (line.GetValue(all) == given.Length > 0)
        {
            throw new UsageException(given.Length > 0
                ? "--all and TEMPLATE exclude each other" : "one of the arguments --all TEMPLATE is required");
        }
        if (given.Length > 0)
            return [.. given.Distinct(StringComparer.Ordinal)];
        var status = await new PreloadCalls(session).StatusAsync(template: null, cancellation);
        return [.. status.Select(s => s.Said).Where(concerned).Select(s => s.Template)];
    }
}
