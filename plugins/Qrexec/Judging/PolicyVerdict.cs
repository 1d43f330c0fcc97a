using Qubes.Policy.Answers;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>What came of a call, and which line decided.</summary>
/// <param name="Outcome">Refused or granted, and where to.</param>
/// <param name="Rule">The line; empty if none did.</param>
internal sealed record PolicyVerdict(PolicyOutcome Outcome, string Rule);
