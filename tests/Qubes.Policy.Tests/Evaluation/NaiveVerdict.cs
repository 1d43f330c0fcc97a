namespace Qubes.Policy.Tests.Evaluation;

/// <summary>What the naive evaluator says, in the words of the specification.</summary>
internal sealed record NaiveVerdict(string Verdict, int? Line, bool Notify)
{
    public string? Target { get; init; }

    public string Requested { get; init; } = "";

    public string Source { get; init; } = "";

    public string? User { get; init; }

    public bool Autostart { get; init; } = true;

    public List<string> Offered { get; init; } = [];

    public string? Preselected { get; init; }
}
