using Qubes.Kernel.Scripts.Compiling;
using Qubes.Kernel.Scripts.Offers;

namespace Qubes.Kernel.Scripts.Running;

/// <summary>Loads a script's code and runs its top level, on its thread.</summary>
internal sealed class StartJob(ScriptSession session, ScriptContext context, CompiledScript code, TimeSpan budget) : ScriptJob
{
    private readonly TaskCompletionSource<List<ScriptOffer>> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string What => "its top level";

    public override TimeSpan Budget => budget;

    /// <summary>What it registered, or a <see cref="ScriptStartException"/>.</summary>
    public Task<List<ScriptOffer>> Outcome => outcome.Task;

    public override void Run()
    {
        var running = context.Load(code)(session);
        if (running is { IsCompleted: true, IsFaulted: true })
            throw running.Exception.InnerException!;
        if (!running.IsCompleted)
            throw new InvalidOperationException("its top level awaits something, which a script may not");
        outcome.TrySetResult(session.Seal());
    }

    public override void Failed(Exception cause) => outcome.TrySetException(new ScriptStartException(ScriptFailure.Of(cause)));
}
