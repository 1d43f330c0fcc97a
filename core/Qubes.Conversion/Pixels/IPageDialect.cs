using System.Buffers;

namespace Qubes.Conversion.Pixels;

/// <summary>
/// How a service writes its numbers. A method takes one whole field from <paramref name="bytes"/> or, if it is not there in
/// full yet, none of it.
/// </summary>
public interface IPageDialect
{

    /// <exception cref="GuestViolationException">No number in this dialect. Its range is checked by the caller.</exception>
    bool TryReadPageCount(ref SequenceReader<byte> bytes, out int pages);

    /// <exception cref="GuestViolationException">No numbers in this dialect. Their range is checked by the caller.</exception>
    bool TryReadPageSize(ref SequenceReader<byte> bytes, out PageSize size);
}
