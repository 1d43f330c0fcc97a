namespace Qubes.Convert.Guest.Input;

/// <summary>What a document is, by its content.</summary>
internal enum FileKind
{
    Pdf,
    Png,
    Jpeg,
    Gif,
    Bmp,
    Tiff,
    Svg,

    /// <summary>OOXML, OpenDocument, the binary Office formats and RTF: LibreOffice tells them apart itself.</summary>
    Office,
}
