using Qubes.Tools.Convert.Files;
using Qubes.Tools.Hosting;
using Qubes.Tools.Progress;

namespace Qubes.Tools.Convert;

/// <summary>Converts all files of a run, some at the same time, and shows how far each is.</summary>
internal sealed class ConversionBatch(Session session, ConversionJob job, int jobs)
{
    /// <param name="finished">Called for each file when it is done, one at a time.</param>
    /// <returns>The results in the order of the files.</returns>
    public async Task<IReadOnlyList<ConversionResult>> RunAsync(
        IReadOnlyList<ConversionPlan> plans, Action<ConversionResult> finished, CancellationToken cancellation)
    {
        var results = new ConversionResult[plans.Count];
        var turn = new Lock();
        await using IProgressView view = await session.OpenProgressAsync(plainLines: false);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        await Parallel.ForAsync(0, plans.Count, parallel, async (index, cancel) =>
        {
            IProgressRow row = view.Add(plans[index].Named);
            ConversionResult result = results[index] = await job.RunAsync(plans[index], row, cancel);
            lock (turn)
            {
                Close(row, result);
                finished(result);
            }
        });
        return results;
    }

    private void Close(IProgressRow row, ConversionResult result)
    {
        if (result.Error is null)
            row.Finish(result.Plan.Output);
        // Without a terminal the closing report is the one line about it.
        else if (session.Console.ErrorIsTerminal)
            row.Fail(result.Error);
    }
}
