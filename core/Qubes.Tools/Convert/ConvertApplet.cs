using System.CommandLine;
using Qubes.Tools.Applets;
using Qubes.Tools.Convert.Disposables;
using Qubes.Tools.Convert.Files;
using Qubes.Tools.Convert.Reports;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Convert;

/// <summary>
/// <c>qvm-convert</c>: turns untrusted documents into PDFs of pictures, each in a disposable of its own. At 150 dpi it calls
/// <c>dz.Convert</c>, which has no argument; at any other <c>qubes.PdfConvert+DPI</c>.
/// </summary>
internal sealed class ConvertApplet() : Applet("qvm-convert", "Turn untrusted documents into PDFs that are safe to open.")
{
    // A call at the admin qube takes the system's default.
    private const string DefaultTemplate = "dom0";

    private readonly Argument<string[]> inputs = new("FILE")
    {
        Description = "Documents to convert: PDF, PNG, JPEG, GIF, BMP, TIFF, SVG; office documents if the template has LibreOffice",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "The result's name, or a directory for the results (default: NAME.trusted.pdf beside the original)",
        HelpName = "OUT|DIR",
    };

    private readonly Option<string?> template = new("--dispvm")
    {
        Description = "The disposable template to use (default: the system's default_dispvm)",
        HelpName = "NAME",
    };

    private readonly Option<int> jobs = new("--jobs", "-j")
    {
        Description = "Documents to convert at the same time, 1 to 64, one disposable each",
        HelpName = "N",
        DefaultValueFactory = _ => 2,
    };

    private readonly Option<int> dpi = new("--dpi")
    {
        Description = "Pixels per inch, 75 to 4800",
        HelpName = "N",
        DefaultValueFactory = _ => ConvertOptions.DefaultDpi,
    };

    private readonly Option<int> timeout = new("--timeout")
    {
        Description = "The longest one document may take; 0 for no limit",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 1800,
    };

    private readonly Option<bool> timings = new("--timings") { Description = "Show what the time was spent on" };
    private readonly Option<bool> json = new("--json") { Description = "One line of JSON for each document on standard output" };

    public override void Describe(Command command)
    {
        command.Add(inputs);
        foreach (Option option in new Option[] { output, template, jobs, dpi, timeout, timings, json })
            command.Add(option);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var options = new ConvertOptions(
            InRange(line, dpi, ConvertOptions.LowestDpi, ConvertOptions.HighestDpi),
            TimeSpan.FromSeconds(InRange(line, timeout, 0, int.MaxValue / 1000)),
            InRange(line, jobs, 1, ConvertOptions.MostJobs));
        IReadOnlyList<ConversionPlan> plans = ConversionPlanner.Plan(line.GetRequiredValue(inputs), line.GetValue(output));
        string from = line.GetValue(template) ?? DefaultTemplate;
        var single = new DisposableQubes(session, from);
        int count = plans.Count(plan => plan.Refusal is null);
        await using LeasedQubes? batch = count > 1 ? new LeasedQubes(session, from, count, single, cancellation) : null;
        var job = new ConversionJob((IConversionQubes?)batch ?? single, options, session.Clock);
        var reporter = new ConversionReporter(session, line.GetValue(json), line.GetValue(timings));
        var results = await new ConversionBatch(session, job, options.Jobs).RunAsync(plans, reporter.Finished, cancellation);
        return reporter.Close(results);
    }

    private static int InRange(ParseResult line, Option<int> option, int lowest, int highest)
    {
        int value = line.GetValue(option);
        return value >= lowest && value <= highest
            ? value
            : throw new UsageException($"{option.Name} {value} refused: a number from {lowest} to {highest} is accepted");
    }
}
