using System.Buffers.Binary;

namespace Qubes.Qrexec.Data;

/// <summary>Puts a DATA_EXIT_CODE together from its pieces.</summary>
public sealed class ExitCodeReader
{
    /// <summary>The status of a connection that was lost before the exit code, or of a code shorter than 4 bytes.</summary>
    public const int Lost = 255;

    private readonly byte[] body = new byte[4];
    private int count;

    /// <summary>The code, once its message is whole.</summary>
    public int? Code { get; private set; }

    /// <summary>Takes a piece; bytes behind the first four do not count.</summary>
    public void Take(ReadOnlySpan<byte> piece, bool isLast)
    {
        var taken = Math.Min(piece.Length, body.Length - count);
        piece[..taken].CopyTo(body.AsSpan(count));
        count += taken;
        if (isLast)
            Code ??= count == body.Length ? BinaryPrimitives.ReadInt32LittleEndian(body) : Lost;
    }
}
