using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Disposables;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Has a script decide; tells the kernel loop what came of it.</summary>
internal sealed class PolicyJob(ScriptRun run, PolicyOffer policy, Question question, Action<PolicyAnswer> decided) : ScriptJob
{
    public override string What => policy.Text;

    public override TimeSpan Budget => run.Budgets.Decision;

    public override void Run()
    {
        var view = question.Take();
        var began = run.Time.GetTimestamp();
        var target = policy.Decide(view);
        var took = run.Time.GetElapsedTime(began);
        if (took > run.Budgets.Patience)
            Fail($"it took {took.TotalMilliseconds:0} ms; it may take {run.Budgets.Patience.TotalMilliseconds:0}");
        else if (target.Count < 0 || target.Count > view.Max)
            Fail($"it wants {target.Count}, which is not within 0 to {view.Max}");
        else
            Answer(new(new PreloadTarget(target.Count, target.Reason ?? ""), null));
        void Answer(PolicyAnswer good)
        {
            run.Succeeded();
            run.OnLoop(() => decided(good));
        }
    }

    public override void Failed(Exception cause) => Fail(ScriptFailure.Of(cause));

    private void Fail(string why)
    {
        run.Failed(What, why);
        run.OnLoop(() => decided(new(null, why)));
    }
}
