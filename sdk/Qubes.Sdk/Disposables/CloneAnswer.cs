using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Disposables;

/// <summary>What a cloner says to a disposable that starts.</summary>
public abstract record CloneAnswer
{
    private CloneAnswer()
    {
    }

    /// <summary>It is a copy: restored, its processors stopped.</summary>
    /// <param name="Machine">The disposable's own.</param>
    public sealed record Cloned(IMachine Machine) : CloneAnswer;

    /// <summary>It is to be booted.</summary>
    /// <param name="Reason">Why, one line, for the log; null: not worth a word.</param>
    public sealed record Boot(string? Reason) : CloneAnswer
    {
        /// <summary>With what, if not with what was proposed: a machine that is to be frozen.</summary>
        public MachineSpec? Spec { get; init; }
    }
}
