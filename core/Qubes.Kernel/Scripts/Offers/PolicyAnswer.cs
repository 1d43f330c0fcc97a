using Qubes.Sdk.Disposables;

namespace Qubes.Kernel.Scripts.Offers;

/// <summary>What came of a question.</summary>
/// <param name="Target">A good decision; null: there is none.</param>
/// <param name="Fault">Why not.</param>
internal readonly record struct PolicyAnswer(PreloadTarget? Target, string? Fault);
