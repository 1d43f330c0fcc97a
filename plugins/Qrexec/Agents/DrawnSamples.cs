using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>
/// What copied guests drew from their kernels' generators after those were reseeded, as hashes. One that comes twice proves that two
/// guests share their random numbers. Safe to use from several threads.
/// </summary>
internal sealed class DrawnSamples(int capacity)
{
    private readonly Lock gate = new();
    private readonly HashSet<UInt128> known = [];
    private readonly Queue<UInt128> order = new();

    /// <summary>So many samples are remembered: 2 MB of memory, days of heavy use.</summary>
    public const int UsualCapacity = 32_768;

    /// <summary>Remembers a sample, and forgets the oldest one for it where there is no room; false: it was known.</summary>
    public bool TryAdd(ReadOnlySpan<byte> sample)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(sample, hash);
        UInt128 entry = BinaryPrimitives.ReadUInt128LittleEndian(hash);
        lock (gate)
        {
            if (!known.Add(entry))
                return false;
            order.Enqueue(entry);
            if (order.Count > capacity)
                known.Remove(order.Dequeue());
            return true;
        }
    }
}
