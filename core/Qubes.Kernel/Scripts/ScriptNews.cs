using Qubes.Kernel.Scripts.Running;

namespace Qubes.Kernel.Scripts;

/// <summary>What a file has that does not run yet.</summary>
/// <param name="Key">Of its content; null: it cannot be read.</param>
/// <param name="Run">A version that is ready; null: it is refused.</param>
/// <param name="Refusal">Why; null: it is not.</param>
internal sealed record ScriptNews(string? Key, ScriptRun? Run, string? Refusal);
