using Qubes.Kernel.Scripts.Copies;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>
/// A script's policy as others see it: answers at once with the last good decision, and has the script decide anew on its own thread. It
/// outlives versions of the script, and its being switched off. Used on the kernel loop.
/// </summary>
internal sealed class ScriptPolicy(string name, IEventBus events) : IPreloadPolicy
{
    private readonly Dictionary<IQube, Decisions> all = [];
    private ScriptRun? run;
    private PolicyOffer? offer;
    private string? broken;

    public string Name => name;

    /// <summary>What decides now; null: nothing.</summary>
    public Func<PreloadView, PreloadTarget>? Decider => offer?.Decide;

    /// <summary>A version of the script decides from now on.</summary>
    public void Bind(ScriptRun by, PolicyOffer with)
    {
        (run, offer, broken) = (by, with, null);
        foreach (var decisions in all.Values)
            (decisions.Asked, decisions.Copies) = (null, null);
    }

    /// <summary>Nobody decides any more; what was decided last holds.</summary>
    /// <param name="why">For people.</param>
    public void Break(string why)
    {
        (run, offer, broken) = (null, null, why);
        foreach (var (template, decisions) in all)
        {
            (decisions.Asked, decisions.Copies) = (null, null);
            decisions.Fault = why;
            events.Fire(new PreloadDecided(template, name, Held(decisions, decisions.Max)));
        }
    }

    /// <summary>A qube is gone.</summary>
    public void Forget(IQube template) => all.Remove(template);

    public PreloadTarget TargetOf(PreloadView view)
    {
        if (!all.TryGetValue(view.Template, out var decisions))
            all[view.Template] = decisions = new Decisions { Fault = broken };
        decisions.Max = view.Max;
        if (run is { } by && offer is { } with)
            Ask(by, with, view, decisions);
        decisions.Queued = view.Queued;
        return decisions.Answered = Held(decisions, view.Max);
    }

    // One question about a template waits at a time: the newest.
    private void Ask(ScriptRun by, PolicyOffer with, PreloadView view, Decisions decisions)
    {
        // Mostly nothing has changed since it was asked last, and a copy costs more than the decision.
        if (decisions.Copies is not { AreCurrent: true })
            decisions.Copies = by.Copies();
        var copy = view with { Template = decisions.Copies.Of(view.Template) };
        if (decisions.Asked is { } waiting)
            waiting.Renew(copy);
        else
            Put(by, with, view.Template, decisions.Asked = new Question(copy));
    }

    private void Put(ScriptRun by, PolicyOffer with, IQube template, Question question) =>
        by.Post(new PolicyJob(by, with, question, answer => Decided(by, with, template, question, answer)));

    private void Decided(ScriptRun by, PolicyOffer with, IQube template, Question question, PolicyAnswer answer)
    {
        if (by != run || !all.TryGetValue(template, out var decisions))
            return;
        if (question.IsOpen)
            Put(by, with, template, question);
        else
            decisions.Asked = null;
        decisions.Fault = answer.Fault;
        decisions.Last = answer.Target ?? decisions.Last;
        var held = Held(decisions, decisions.Max);
        if (held == decisions.Answered)
            return;
        decisions.Answered = held;
        events.Fire(new PreloadDecided(template, name, held));
    }

    private static PreloadTarget Held(Decisions decisions, int max) =>
        decisions.Last is { } last ? last with { Count = Math.Min(last.Count, max), Fault = decisions.Fault }
        : decisions.Fault is { } fault ? new(max, "the maximum, as its policy fails") { Fault = fault }
        : new(Math.Min(decisions.Queued, max), "not decided yet");

    /// <summary>What a template's questions came to.</summary>
    private sealed class Decisions
    {
        public PreloadTarget? Last { get; set; }

        public string? Fault { get; set; }

        public PreloadTarget Answered { get; set; }

        public Question? Asked { get; set; }

        /// <summary>What the script sees of the template.</summary>
        public QubeCopies? Copies { get; set; }

        public int Max { get; set; }

        public int Queued { get; set; }
    }
}
