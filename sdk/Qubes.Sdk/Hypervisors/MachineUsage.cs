namespace Qubes.Sdk.Hypervisors;

/// <summary>A machine's consumption.</summary>
/// <param name="MemoryKiB">Memory given to the guest now, KiB.</param>
/// <param name="CpuTime">Processor time used since the start.</param>
public sealed record MachineUsage(long MemoryKiB, TimeSpan CpuTime)
{
    /// <summary>What the host spends on it; null: the driver cannot tell.</summary>
    public HostMemory? Host { get; init; }
}
