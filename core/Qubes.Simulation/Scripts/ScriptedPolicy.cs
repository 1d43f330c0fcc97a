using Qubes.Kernel.Scripts.Offers;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Errors;

namespace Qubes.Simulation.Scripts;

/// <summary>
/// A script's policy in a simulation. A daemon goes on while the script decides, and follows when it has; here time stands still for it, so that
/// what comes out is the same each time.
/// </summary>
internal sealed class ScriptedPolicy(ScriptRun run, PolicyOffer policy) : IPreloadPolicy
{
    public string Name => policy.Name;

    /// <summary>Why it failed the last time; null: it never has.</summary>
    public string? Fault { get; private set; }

    /// <exception cref="QubesException">The script failed.</exception>
    public PreloadTarget TargetOf(PreloadView view)
    {
        using var decision = new Decision(run, policy, view with { Template = run.Copies().Of(view.Template) });
        run.Post(decision);
        decision.Done.Wait();
        if (decision.Error is null && decision.Target.Count >= 0 && decision.Target.Count <= view.Max)
            return decision.Target;
        Fault = decision.Error ?? $"it wants {decision.Target.Count}, which is not within 0 to {view.Max}";
        throw new QubesException(Fault);
    }

    private sealed class Decision(ScriptRun run, PolicyOffer policy, PreloadView view) : ScriptJob, IDisposable
    {
        public ManualResetEventSlim Done { get; } = new();

        public PreloadTarget Target { get; private set; }

        public string? Error { get; private set; }

        public override string What => policy.Text;

        public override TimeSpan Budget => run.Budgets.Decision;

        public override void Run()
        {
            Target = policy.Decide(view);
            run.Succeeded();
            Done.Set();
        }

        public override void Failed(Exception cause)
        {
            Error = ScriptFailure.Of(cause);
            Done.Set();
        }

        public void Dispose() => Done.Dispose();
    }
}
