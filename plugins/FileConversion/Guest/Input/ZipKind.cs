namespace Qubes.Convert.Guest.Input;

/// <summary>
/// Tells the documents that are zip archives apart without unpacking anything: an OpenDocument file starts with a stored
/// entry <c>mimetype</c>; an OOXML file names its main part in the central directory at its end.
/// </summary>
internal static class ZipKind
{
    private const int MimeTypeAt = 30;
    private const int MimeTypeWithin = 256;
    private const int DirectoryWithin = 1024 * 1024;

    public static FileKind Detect(FileStream file)
    {
        byte[] start = ReadAt(file, 0, MimeTypeWithin);
        ReadOnlySpan<byte> mime = start.AsSpan(Math.Min(MimeTypeAt, start.Length));
        if (mime.StartsWith("mimetypeapplication/hwp"u8))
            throw new ConversionException(ConversionStatus.HancomOffice, "Hancom Office documents cannot be converted here");
        if (mime.StartsWith("mimetypeapplication/vnd.oasis.opendocument."u8))
            return FileKind.Office;

        ReadOnlySpan<byte> end = ReadAt(file, Math.Max(0, file.Length - DirectoryWithin), DirectoryWithin);
        if (end.IndexOf("word/document.xml"u8) >= 0 || end.IndexOf("xl/workbook.xml"u8) >= 0
            || end.IndexOf("ppt/presentation.xml"u8) >= 0)
            return FileKind.Office;
        throw FileKindDetector.Unsupported();
    }

    private static byte[] ReadAt(FileStream file, long offset, int most)
    {
        byte[] bytes = new byte[(int)Math.Min(most, file.Length - offset)];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }
}
