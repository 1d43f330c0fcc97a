namespace Qubes.Sdk.Disposables;

/// <summary>What was announced for a template by those who know how many disposables they will need (<see cref="IAnnouncedDemand"/>).</summary>
/// <param name="Outstanding">How many are still to come; 0 or more.</param>
/// <param name="Largest">The most that were outstanding during this batch, or the last one; 0: there was none.</param>
/// <param name="EndedAt">When the last batch ended; null: one is under way, or there was none.</param>
public readonly record struct PreloadBatch(int Outstanding, int Largest, DateTimeOffset? EndedAt);
