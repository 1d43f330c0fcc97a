namespace Qubes.Kernel.Scripts.Running;

/// <summary>A call that nobody waits for.</summary>
internal sealed class CallJob(ScriptRun run, string what, TimeSpan budget, Action call) : ScriptJob
{
    public override string What => what;

    public override TimeSpan Budget => budget;

    public override void Run()
    {
        call();
        run.Succeeded();
    }

    public override void Failed(Exception cause) => run.Failed(what, cause);
}
