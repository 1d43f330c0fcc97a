namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>What is known of the host's memory at one moment.</summary>
/// <param name="Total">Bytes that there are.</param>
/// <param name="Available">Bytes that could be taken; null: not known.</param>
/// <param name="Full">Percents of the last ten seconds in which everything waited for memory; null: not known.</param>
/// <param name="HasStalled">The kernel has told of a stall since the last reading.</param>
internal readonly record struct PressureReading(long Total, long? Available, double? Full, bool HasStalled);
