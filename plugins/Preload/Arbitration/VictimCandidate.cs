using Qubes.Plugins.Preload.Freshness;

namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>A preload that nobody has requested, and that might be given up.</summary>
/// <param name="Pool">Its pool's index.</param>
/// <param name="Freshness">Whether it could be handed out.</param>
/// <param name="IdleSince">Since when it waits for a caller; null: it is still on its way.</param>
/// <param name="Bytes">What it holds, as far as that is known; 0 or more.</param>
internal readonly record struct VictimCandidate(int Pool, FreshnessClass Freshness, DateTimeOffset? IdleSince, long Bytes);
