using Qubes.Kernel.Store;

namespace Qubes.Kernel.Interchange.Import;

/// <summary>What an import does, or would do.</summary>
/// <param name="State">The state afterwards.</param>
/// <param name="Warnings">What could not be held, or not as the file says; a sentence each.</param>
internal sealed record ImportReport(StoredState State, IReadOnlyList<string> Warnings);
