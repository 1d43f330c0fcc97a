using Qubes.Plugins.Cloning.Copies;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>The start of the copy that proves a memory template: by the same path as everybody's, and it must get its identity.</summary>
/// <param name="frozen">What is to be proven.</param>
/// <param name="abort">Ends the start.</param>
internal sealed class ProofStart(FrozenMachine frozen, Action abort) : IStartOfHidden
{
    /// <summary>The copy has an identity of its own.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Why it has not; null: nothing is known.</summary>
    public string? Refusal { get; private set; }

    public async Task<CloneAnswer> StartAsync(IQube hidden, MachineSpec spec, CancellationToken cancel)
    {
        try
        {
            return new CloneAnswer.Cloned(await CopyMaker.CopyAsync(frozen, hidden, spec, CloneMemory.Shared, isUrgent: false, cancel));
        }
        catch (QubesException e)
        {
            Failed(e.Message);
            return new CloneAnswer.Boot(Reason: null);
        }
    }

    public void Failed(string reason)
    {
        Refusal = reason;
        abort();
    }

    public void Succeeded() => IsProven = true;
}
