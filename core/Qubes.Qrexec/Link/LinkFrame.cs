using System.Buffers.Binary;

namespace Qubes.Qrexec.Link;

/// <summary>
/// The head of a link frame. A link carries many vchans over one byte pipe.
/// </summary>
/// <param name="Type">What it is.</param>
/// <param name="Channel">The channel meant; 0 where none is.</param>
/// <param name="Value">Per type: a length, a credit or a token.</param>
internal readonly record struct LinkFrame(LinkFrameType Type, ushort Channel, uint Value)
{
    // Every frame, little-endian:
    //   offset 0  u8   type
    //          1  u8   0
    //          2  u16  channel; the host's are even, the guest's odd
    //          4  u32  value
    //
    //   FILL      0x00  all 8 bytes 0. To the guest only: look for a greeting.
    //   OPEN      0x01  value = 8, then u32 domain, u32 port: the sender opens a vchan to that address.
    //   DATA      0x02  value = 1…65552, then that many bytes; each byte uses up one byte of the channel's credit.
    //   CREDIT    0x03  value = 1…window: so many more bytes may be sent. The window itself is granted by OPEN.
    //   CLOSE     0x04  value = 0: no frame of this channel follows. The number is free once both sides sent it.
    //   POWER_OFF 0x05  value = 0, channel 0. To the guest only.
    //   PING      0x06  value = token, channel 0; answered by
    //   PONG      0x07  the same token. A ping that arrives before the last was answered replaces it.
    //   TIME      0x08  value = seconds since 1970 UTC, channel 0. To the guest only: set the clock.
    //   SEAL      0x09  value = 0, channel 0. To the guest only: end what runs, and take nothing but an identity from now on.
    //   SEALED    0x0A  value = an IdentityOutcome, channel 0. To the host only, once for each SEAL; 0 = the guest is sealed.
    //   IDENTITY  0x0B  value = 115…239, channel 0, then that many bytes, see LinkIdentity. To the guest only.
    //   IDENTIFIED 0x0C value = an IdentityOutcome, channel 0. To the host only, once for each IDENTITY; 0 = all of it was done, and
    //                   then 32 bytes follow, drawn from the guest's kernel after its generator was reseeded.
    //   REPORT    0x0D  value = 100…60000, channel 0. To the guest only: from now on tell how much memory is used, at most once in so
    //                   many milliseconds; or 0: do not any more.
    //   USES      0x0E  value = KiB of memory that are neither free nor could be made free at once, channel 0. To the host only, and
    //                   only after a REPORT; what was on its way when that was taken back means nothing.
    //   greeting  'Q'   32 bytes, see Greeting.
    //
    // A sealed guest takes PING, IDENTITY and greetings; it closes every channel that is opened, and anything else is a violation.
    // A host that has sent IDENTITY takes nothing behind the greeting before IDENTIFIED. It may open channels along with IDENTITY, since
    // a guest that has taken it serves what comes next. To a sealed guest it may say its greeting without FILL: nothing is unfinished there.
    // All four exist from version 4 on. REPORT and USES exist from version 3 on: an older guest is never asked. A guest that is sealed
    // reports no more, and its copy does not before it is asked.

    /// <summary>Size on the wire, bytes.</summary>
    public const int Size = 8;

    /// <summary>Payload of an OPEN, bytes.</summary>
    public const int OpenPayload = 8;

    /// <summary>
    /// The longest payload of a DATA frame: a full qrexec data message with its header, rounded up so that a frame can also
    /// be a multiple of the 32 KiB which virtio-serial takes at once.
    /// </summary>
    public const int MaxPayload = 65536 + 16;

    /// <summary>The most channels that one side may have open.</summary>
    public const int MaxChannels = 512;

    /// <summary>Writes the head to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        target[0] = (byte)Type;
        target[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], Channel);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Value);
    }

    /// <summary>Reads a head; whether it makes sense is the session's to judge.</summary>
    public static LinkFrame Read(ReadOnlySpan<byte> source)
    {
        if (source[1] != 0)
            throw new LinkViolationException("a frame's second byte is not 0");
        return new LinkFrame((LinkFrameType)source[0], BinaryPrimitives.ReadUInt16LittleEndian(source[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]));
    }
}
