namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>One template's pool as the arbiter sees it.</summary>
/// <param name="Template">The disposable template's name.</param>
/// <param name="Wanted">The wanted length of its queue, whatever memory there is; 0 or more.</param>
/// <param name="Held">How many it has: ready, or on their way; 0 or more.</param>
/// <param name="Starting">How many of those are on their way.</param>
/// <param name="Weight">1 to 1000.</param>
/// <param name="BytesEach">What one costs, bytes; 1 or more.</param>
internal readonly record struct PoolNeed(string Template, int Wanted, int Held, int Starting, int Weight, long BytesEach);
