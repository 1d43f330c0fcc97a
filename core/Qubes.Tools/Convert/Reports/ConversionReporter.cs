using System.Text.Json;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Convert.Reports;

/// <summary>Tells the user how the files went: results on standard output, one line for each failure on standard error.</summary>
/// <param name="json">A line of JSON for each file as it is done, instead.</param>
/// <param name="timings">A table of times at the end.</param>
internal sealed class ConversionReporter(Session session, bool json, bool timings)
{
    /// <summary>Takes one file's result as soon as it is there.</summary>
    public void Finished(ConversionResult result)
    {
        if (!json)
            return;
        session.Console.Out.WriteLine(JsonSerializer.Serialize(JsonReport.Of(result), JsonReportContext.Default.JsonReport));
        session.Console.Out.Flush();
    }

    /// <summary>Reports on all of them when the progress display has ended; returns the exit status.</summary>
    public int Close(IReadOnlyList<ConversionResult> results)
    {
        foreach (ConversionResult result in results)
        {
            if (session.Verbose)
                WriteGuestErrors(result);
            if (result.Error is not null)
                session.Warn(SafeText.OneLine($"{result.Plan.Named}: {result.Error}"));
            else if (!json && !session.Quiet)
                session.Console.Out.WriteLine(SafeText.OneLine(
                    $"{result.Plan.Output}: {result.Pages} {(result.Pages == 1 ? "page" : "pages")}, {result.Stages.UntilResult.TotalSeconds:0.00} s"));
        }

        if (timings)
            TimingTable.Write(results, json ? session.Console.Error : session.Console.Out);
        return results.All(result => result.Error is null) ? ExitCode.Success : ExitCode.Failure;
    }

    private void WriteGuestErrors(ConversionResult result)
    {
        foreach (string line in result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            session.Warn(SafeText.OneLine($"{result.Plan.Named}: the qube says: {line}"));
    }
}
