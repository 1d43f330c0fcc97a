using System.Buffers.Binary;

namespace Qubes.Qrexec.Link;

/// <summary>What both sides of a link say first.</summary>
/// <param name="Version">The link's version, at least 1; both speak the smaller.</param>
/// <param name="Window">Bytes that may be on their way to the sender on each channel.</param>
/// <param name="Nonce">16 bytes that the host chose; the guest repeats them.</param>
internal readonly record struct Greeting(int Version, int Window, Guid Nonce)
{
    // offset 0  8 bytes  "QubesLnk"
    //        8  u32 LE   version
    //       12  u32 LE   window, 4096 … 16 MiB
    //       16  16 bytes nonce

    /// <summary>Size on the wire, bytes.</summary>
    public const int Size = 32;

    /// <summary>The version spoken here.</summary>
    public const int CurrentVersion = 4;

    /// <summary>The first version whose guests can be sealed: earlier ones took identities of another form.</summary>
    public const int SealingVersion = 4;

    /// <summary>The first version whose guests report how much memory they use.</summary>
    public const int ReportingVersion = 3;

    /// <summary>The smallest window, bytes.</summary>
    public const int SmallestWindow = 4096;

    /// <summary>The largest window, bytes.</summary>
    public const int LargestWindow = 16 * 1024 * 1024;

    /// <summary>What it begins with. The first byte occurs once, which keeps the search for it simple.</summary>
    public static ReadOnlySpan<byte> Magic => "QubesLnk"u8;

    /// <summary>Writes it to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        Magic.CopyTo(target);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], Window);
        Nonce.TryWriteBytes(target[16..]);
    }

    /// <summary>Reads one behind its magic; null if its numbers are out of range.</summary>
    public static Greeting? TryRead(ReadOnlySpan<byte> source)
    {
        var greeting = new Greeting(BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]), new Guid(source[16..Size]));
        return greeting is { Version: >= 1, Window: >= SmallestWindow and <= LargestWindow } ? greeting : null;
    }
}
