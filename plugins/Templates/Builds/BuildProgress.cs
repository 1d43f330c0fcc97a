namespace Qubes.Plugins.Templates.Builds;

/// <summary>Tells a caller how far its build is. For any thread; never goes back; passes on only what a person can see change.</summary>
/// <param name="publish">Step, percent of the whole, detail.</param>
internal sealed class BuildProgress(Action<BuildStep, int, string> publish)
{
    private readonly Lock _gate = new();
    private (BuildStep Step, int Percent, string Detail) _last = (BuildStep.Resolve, -1, "");

    /// <summary>The step under way.</summary>
    public BuildStep Step => _last.Step;

    /// <param name="step">The step under way.</param>
    /// <param name="part">Of the step, 0 to 1.</param>
    /// <param name="detail">A few words.</param>
    public void Report(BuildStep step, double part, string detail)
    {
        var percent = (int)step.Percent(part);
        lock (_gate)
        {
            if (step < _last.Step || percent < _last.Percent || (step, percent) == (_last.Step, _last.Percent))
                return;
            _last = (step, percent, detail);
            publish(step, percent, detail);
        }
    }
}
