namespace Qubes.Sdk.Hypervisors;

/// <summary>A machine that was frozen after its boot, to be copied.</summary>
/// <param name="Key">What it was frozen as: 64 hexadecimal digits.</param>
/// <param name="Made">When it was frozen.</param>
/// <param name="MemoryBytes">Bytes of memory that its copies share; less than the guest has where it never used some.</param>
/// <param name="DiskBytes">Bytes that it takes on the host's disk, without its volumes.</param>
public sealed record MemoryTemplate(string Key, DateTimeOffset Made, long MemoryBytes, long DiskBytes);
