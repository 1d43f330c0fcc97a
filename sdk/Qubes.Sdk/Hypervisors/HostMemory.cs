namespace Qubes.Sdk.Hypervisors;

/// <summary>The host's memory that a machine's process holds, as the host's kernel accounts for it.</summary>
/// <param name="ProportionalKiB">Its private pages, and of each shared one its part (PSS), KiB: what adds up over machines.</param>
/// <param name="PrivateKiB">Pages that nobody else maps, KiB: what its end would free.</param>
/// <param name="SharedKiB">Pages that others map too, whole, KiB.</param>
public sealed record HostMemory(long ProportionalKiB, long PrivateKiB, long SharedKiB);
