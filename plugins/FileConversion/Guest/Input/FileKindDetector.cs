using System.Buffers.Binary;

namespace Qubes.Convert.Guest.Input;

/// <summary>
/// Tells a document's kind by its first bytes:
/// <code>
/// 89 'PNG' 0D 0A 1A 0A | FF D8 FF | 'GIF87a' | 'GIF89a' | 'II' 2A 00 | 'MM' 00 2A | 'II' 2B 00 | 'MM' 00 2B
/// 'BM' and a known header size at 14 | 'PK' 03 04 (ZipKind) | D0 CF 11 E0 A1 B1 1A E1 (OleKind) | '{\rtf'
/// '%PDF-' in the first 1024 bytes | '&lt;' first and '&lt;svg' in the first 4096
/// </code>
/// </summary>
internal static class FileKindDetector
{
    private const int Looked = 4096;
    private const int PdfHeaderWithin = 1024;
    private const int BitmapHeaderSizeAt = 14;

    /// <exception cref="ConversionException">The file cannot be opened, or is none of these.</exception>
    public static FileKind Detect(string path)
    {
        using FileStream file = Open(path);
        byte[] buffer = new byte[Looked];
        int got = file.ReadAtLeast(buffer, Looked, throwOnEndOfStream: false);
        ReadOnlySpan<byte> head = buffer.AsSpan(0, got);
        if (OfImage(head) is { } image)
            return image;
        if (head.StartsWith("PK\u0003\u0004"u8))
            return ZipKind.Detect(file);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]))
            return OleKind.Detect(file);
        if (head.StartsWith("{\\rtf"u8))
            return FileKind.Office;
        if (head[..Math.Min(got, PdfHeaderWithin)].IndexOf("%PDF-"u8) >= 0)
            return FileKind.Pdf;
        if (IsSvg(head))
            return FileKind.Svg;
        throw Unsupported();
    }

    internal static ConversionException Unsupported() => new(ConversionStatus.FormatNotSupported,
        "format not supported: PDF, PNG, JPEG, GIF, BMP, TIFF, SVG, OpenDocument, Office documents and RTF are accepted");

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConversionException(ConversionStatus.InputUnreadable, $"cannot be opened: {failure.Message}");
        }
    }

    private static FileKind? OfImage(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return FileKind.Png;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return FileKind.Jpeg;
        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8))
            return FileKind.Gif;
        if (head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8) || head.StartsWith("II+\0"u8) || head.StartsWith("MM\0+"u8))
            return FileKind.Tiff;
        if (head.StartsWith("BM"u8) && head.Length >= BitmapHeaderSizeAt + sizeof(uint)
            && BinaryPrimitives.ReadUInt32LittleEndian(head[BitmapHeaderSizeAt..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124)
            return FileKind.Bmp;
        return null;
    }

    private static bool IsSvg(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            head = head[3..];
        head = head.TrimStart(" \t\r\n"u8);
        return head.StartsWith("<"u8) && head.IndexOf("<svg"u8) >= 0;
    }
}
