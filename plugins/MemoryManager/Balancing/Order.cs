using Qubes.Plugins.MemoryManager.Guests;

namespace Qubes.Plugins.MemoryManager.Balancing;

/// <summary>A guest is to have another amount of memory.</summary>
/// <param name="Guest">Whose target has been entered in the ledger already.</param>
/// <param name="Target">Bytes.</param>
internal readonly record struct Order(Guest Guest, long Target);
