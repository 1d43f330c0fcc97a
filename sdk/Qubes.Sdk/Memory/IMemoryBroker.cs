namespace Qubes.Sdk.Memory;

/// <summary>Extension point: knows how the host's memory is shared out. Used on the kernel loop.</summary>
public interface IMemoryBroker
{
    /// <summary>Bytes that new qubes may be given now; null: it cannot say. A reading, not a reservation.</summary>
    long? AvailableBytes { get; }
}
