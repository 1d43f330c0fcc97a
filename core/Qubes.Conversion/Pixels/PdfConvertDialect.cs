using System.Buffers;

namespace Qubes.Conversion.Pixels;

/// <summary>
/// <c>qubes.PdfConvert</c> (spec: conversion services, section 2), in ASCII:
/// <code>
/// count  = number LF          size = number SP number LF (width, height)
/// number = 1*5 digit, the first not '0'
/// </code>
/// Upstream also takes signs, blanks and leading zeros, which no converter writes.
/// </summary>
public sealed class PdfConvertDialect : IPageDialect
{
    private const int LongestNumber = 5;


    public bool TryReadPageCount(ref SequenceReader<byte> bytes, out int pages) => TryReadNumber(ref bytes, (byte)'\n', out pages);

    public bool TryReadPageSize(ref SequenceReader<byte> bytes, out PageSize size)
    {
        SequenceReader<byte> start = bytes;
        size = default;
        if (!TryReadNumber(ref bytes, (byte)' ', out int width))
            return false;
        if (!TryReadNumber(ref bytes, (byte)'\n', out int height))
        {
            bytes = start;
            return false;
        }

        size = new PageSize(width, height);
        return true;
    }

    private static bool TryReadNumber(ref SequenceReader<byte> bytes, byte end, out int number)
    {
        SequenceReader<byte> start = bytes;
        number = 0;
        for (int digits = 0; bytes.TryRead(out byte next); digits++)
        {
            if (next == end && digits > 0)
                return true;
            if (!char.IsAsciiDigit((char)next) || digits == LongestNumber || (digits == 0 && next == '0'))
                throw new GuestViolationException("the qube sent no number where one belongs");
            number = (number * 10) + (next - '0');
        }

        bytes = start;
        number = 0;
        return false;
    }
}
