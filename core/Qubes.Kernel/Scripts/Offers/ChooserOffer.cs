using Qubes.Kernel.Domains.Declarations;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>Has a script choose where disposables come from.</summary>
internal sealed class ChooserOffer(Func<DisposableRequest, string?> choose) : ScriptOffer("choice of disposable templates")
{
    public override object Extension(ScriptRun run) => new Chooser(run, Text, choose);

    private sealed class Chooser(ScriptRun run, string what, Func<DisposableRequest, string?> choose) : IDisposableChooser
    {
        public async ValueTask<IQube?> ChooseAsync(DisposableRequest request, CancellationToken cancel)
        {
            var copies = run.Copies();
            var copy = request with { Template = copies.Of(request.Template), RequestedBy = copies.Of(request.RequestedBy) };
            var job = new DecisionJob<string?>(run, what, () => choose(copy));
            run.Post(job);
            try
            {
                return await job.Outcome.WaitAsync(run.Budgets.Patience, run.Time, cancel) is { } name ? Usable(name) : null;
            }
            catch (TimeoutException)
            {
                run.Failed(what, $"it did not choose within {run.Budgets.Patience.TotalMilliseconds:0} ms");
            }
            catch (InvalidOperationException)
            {
                // It failed, which was noted; it chooses nothing.
            }
            return null;
        }

        private IQube? Usable(string name)
        {
            if (run.Find(name) is { } template && ReferenceDeclarations.IsDisposableTemplate(template))
                return template;
            run.Failed(what, $"it chose '{name}', which is no disposable template");
            return null;
        }
    }
}
