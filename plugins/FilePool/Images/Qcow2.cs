namespace Qubes.Plugins.FilePool.Images;

/// <summary>
/// The part of the qcow2 format, version 3, that overlays use here. All numbers are big-endian; a cluster is 64 KiB.
/// <code>
/// header, cluster 0                          overlay as we write it
///   0 u32 magic 'Q' 'F' 'I' 0xfb               cluster 0  header (the end-of-extensions mark at 104 is zero)
///   4 u32 version                 3            cluster 1  refcount table: entry 0 → cluster 2
///   8 u64 backing file name       0: none      cluster 2  refcount block, u16 each: 1 for every cluster so far
///  16 u32 its length              0            cluster 3… L1 table, all zero: nothing is allocated
///  20 u32 log2 of cluster size    16
///  24 u64 virtual size, bytes               L1 entry, u64: bits 9–55 offset of an L2 table, 0: all of its range unallocated
///  32 u32 encryption              0          L2 entry, u64: bits 9–55 offset of the data; bit 0: reads as zeros;
///  36 u32 L1 entries                           bit 62: compressed; all zero: unallocated, the layer below shows
///  40 u64 L1 table
///  48 u64 refcount table
///  56 u32 its clusters            1
///  60 u32 snapshots inside        0
///  64 u64 snapshot table          0
///  72 u64 incompatible features   0 (bit 1: marked corrupt)
///  80 u64 compatible features     0
///  88 u64 autoclear features      0
///  96 u32 log2 of refcount bits   4
/// 100 u32 header length           104
/// </code>
/// No image names the layer below it: whoever opens one says which it is, so that nothing written inside an image can lead
/// elsewhere.
/// </summary>
internal static class Qcow2
{
    public const uint Magic = 0x514649fb;
    public const int ClusterBits = 16;
    public const int ClusterSize = 1 << ClusterBits;

    /// <summary>Entries of one L2 table.</summary>
    public const int TableEntries = ClusterSize / sizeof(ulong);

    /// <summary>Bytes of the disk that one L2 table describes: 512 MiB.</summary>
    public const long TableReach = (long)TableEntries * ClusterSize;

    /// <summary>The largest disk that is accepted: 16 TiB, an L1 table of 256 KiB.</summary>
    public const long MaximumSize = 16L << 40;

    public const int HeaderLength = 104;
    public const ulong OffsetMask = 0x00ff_ffff_ffff_fe00;
    public const ulong ReadsAsZero = 1;
    public const ulong Compressed = 1UL << 62;
}
