namespace Qubes.Policy.Answers;

/// <summary>Switches for evaluating without running (spec: policy, section 6).</summary>
[Flags]
public enum PolicyModes
{
    /// <summary>The call is to be made.</summary>
    None = 0,

    /// <summary>Only the verdict counts: no last checks, nobody is told, and a question counts as denied.</summary>
    JustEvaluate = 1,

    /// <summary>A question counts as granted if the requested target itself would be offered.</summary>
    AssumeYes = 2,
}
