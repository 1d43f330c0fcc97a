using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Lives;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Status;

/// <summary>Notes what happens to preloads and requests, for status, history and metrics. Used on the kernel loop.</summary>
internal sealed class PreloadRecords(History history)
{
    private readonly Dictionary<IQube, TemplateRecord> records = [];
    private readonly HashSet<PreloadLife> starting = [];

    /// <summary>Templates that something has happened to.</summary>
    public IReadOnlyDictionary<IQube, TemplateRecord> All => records;

    public TemplateRecord Of(IQube template)
    {
        if (!records.TryGetValue(template, out var record))
            records[template] = record = new();
        return record;
    }

    public void Created(PreloadLife preload)
    {
        starting.Add(preload);
        Note(preload, "created");
    }

    /// <summary>One of an earlier daemon's that stays.</summary>
    public void Kept(PreloadLife preload) => Note(preload, "kept");

    public void Ready(PreloadLife preload)
    {
        EndStart(preload, StartOutcome.Ready);
        Note(preload, "ready");
    }

    /// <summary>It is about to be its caller's, or of whoever let it run.</summary>
    public void Used(PreloadLife preload)
    {
        EndStart(preload, StartOutcome.Claimed);
        Note(preload, preload.IsUnasked ? "used-unasked" : "handed-out");
    }

    public void Discarded(PreloadLife preload, DiscardReason reason)
    {
        EndStart(preload, StartOutcome.Discarded);
        Of(preload.Template).Discards[reason.Kind]++;
        var moment = Note(preload, "discarded", reason.Text);
        if (reason.Kind == DiscardKind.NotHandedOut)
            Of(preload.Template).LastFailure = moment;
    }

    public void Failed(PreloadLife preload, string reason)
    {
        EndStart(preload, StartOutcome.Failed);
        Of(preload.Template).LastFailure = Note(preload, "failed", reason);
    }

    /// <summary>One could not even be registered.</summary>
    public void NotMade(IQube template, string reason)
    {
        Of(template).Starts[StartOutcome.Failed]++;
        Of(template).LastFailure = history.Add(template.Name, "failed", qube: null, reason);
    }

    /// <summary>A request was answered.</summary>
    /// <param name="template">Whose disposable was wanted.</param>
    /// <param name="outcome">How it was served.</param>
    /// <param name="took">How long; null: that is not known yet.</param>
    public void Request(IQube template, RequestOutcome outcome, TimeSpan? took)
    {
        Of(template).Count(outcome);
        if (took is { } known)
            Of(template).DurationsOf(outcome).Add(known);
        if (outcome == RequestOutcome.Missed)
            history.Add(template.Name, "missed", qube: null);
    }

    public void Forget(IQube template) => records.Remove(template);

    private Moment Note(PreloadLife preload, string kind, string? detail = null) =>
        history.Add(preload.Template.Name, kind, preload.Qube.Name, detail);

    private void EndStart(PreloadLife preload, StartOutcome outcome)
    {
        if (starting.Remove(preload))
            Of(preload.Template).Starts[outcome]++;
    }
}
