using System.Text.Json.Serialization.Metadata;
using Qubes.Tools.Admin;
using Qubes.Tools.Domains;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Preloading;

/// <summary>A line as it came, and what it says.</summary>
internal readonly record struct Line<T>(string Text, T Said);

/// <summary>The daemon's methods about preloading.</summary>
internal sealed class PreloadCalls(Session session)
{
    private const string System = "dom0";

    /// <param name="template">A disposable template; null: all.</param>
    /// <exception cref="UsageException">There is none of this name.</exception>
    public Task<List<Line<PreloadStatus>>> StatusAsync(string? template, CancellationToken cancellation) =>
        ReadAsync("admin.preload.Status", template, PreloadLines.Default.PreloadStatus, cancellation);

    /// <inheritdoc cref="StatusAsync"/>
    public Task<List<Line<PreloadMoment>>> HistoryAsync(string? template, CancellationToken cancellation) =>
        ReadAsync("admin.preload.History", template, PreloadLines.Default.PreloadMoment, cancellation);

    /// <param name="undo">Let it preload again.</param>
    /// <inheritdoc cref="StatusAsync"/>
    public Task DrainAsync(string template, bool undo, CancellationToken cancellation) =>
        CallAsync("admin.preload.Drain", template, undo ? "undo" : "", cancellation);

    /// <returns>How many are replaced.</returns>
    /// <inheritdoc cref="StatusAsync"/>
    public async Task<int> RefreshAsync(string template, bool onlyOutdated, CancellationToken cancellation)
    {
        var answer = await CallAsync("admin.preload.Refresh", template, onlyOutdated ? "outdated" : "", cancellation);
        return int.TryParse(answer, out var count)
            ? count
            : throw new MalformedAnswerException($"the answer to admin.preload.Refresh is no number: '{answer}'");
    }

    /// <param name="action"><c>start</c>, <c>stop</c> or <c>status</c>.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<PreloadTrace> TraceAsync(string action, CancellationToken cancellation) =>
        AnswerText.Said(await CallAsync("admin.preload.Trace", System, action, cancellation), "admin.preload.Trace", PreloadLines.Default.PreloadTrace);

    private async Task<List<Line<T>>> ReadAsync<T>(string method, string? template, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var answer = await CallAsync(method, template ?? System, "", cancellation);
        return [.. AnswerText.Lines(answer).Select(line => new Line<T>(line, AnswerText.Said(line, method, type)))];
    }

    private async Task<string> CallAsync(string method, string destination, string argument, CancellationToken cancellation)
    {
        try
        {
            return await session.Admin.CallAsync(method, destination, argument, cancellation: cancellation);
        }
        catch (AdminException e) when (e.IsNoSuchQube)
        {
            throw QubeList.NoSuch(destination);
        }
    }
}
