using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Kernel.Domains.Lifecycle;

internal sealed partial class QubeLifecycle
{
    private const int EndTries = 3;

    // A machine is a process that is killed: what takes longer is stuck in the host's kernel.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Somebody was told that the qube is gone. The mark is kept until that is true, so that the next daemon makes it true if
    /// this one does not.
    /// </summary>
    public bool IsEnding { get; private set; }

    /// <summary>Completes when every handler of the last machine's shutdown has finished.</summary>
    public Task Stopped => stopped.Task;

    public Task DestroyAsync(CancellationToken cancel)
    {
        RequireMachineQube();
        if (Machine is not { } machine || IsEnding)
            throw new QubeNotStartedException($"Domain is powered off: '{qube.Name}'");
        if (!IsRemovedWhenStopped)
            return KillAsync(cancel);
        IsEnding = isEndAsked = true;
        QubeDocuments.KeepEnding(context.State, qube);
        _ = EndAsync(machine);
        return Task.CompletedTask;
    }

    /// <summary>An earlier daemon left the mark.</summary>
    public void RestoreEnding() => IsEnding = true;

    private bool IsRemovedWhenStopped => qube.Class == QubeClass.DispVM && qube.Properties.Get(QubeProperties.AutoCleanup);

    private async Task EndAsync(IMachine machine)
    {
        for (var i = 0; i < EndTries; i++)
        {
            try
            {
                await machine.KillAsync(CancellationToken.None).WaitAsync(EndLimit, context.Time);
                return;
            }
            catch (Exception e) when (e is QubesException or TimeoutException)
            {
                Log.NotEnded(log, qube.Name, i + 1, EndTries, e.Message);
            }
        }
    }
}
