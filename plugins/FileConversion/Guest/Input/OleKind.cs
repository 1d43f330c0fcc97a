using System.Text;

namespace Qubes.Convert.Guest.Input;

/// <summary>
/// Tells compound files apart by the names of their streams, which stand in the file in UTF-16. A name is 64 bytes at a
/// multiple of 128, so it never crosses the blocks that are read.
/// </summary>
internal static class OleKind
{
    private const int BlockSize = 64 * 1024;
    private static readonly byte[][] _office =
        [.. new[] { "WordDocument", "Workbook", "Book", "PowerPoint Document" }.Select(Encoding.Unicode.GetBytes)];

    private static readonly byte[] _hancom = Encoding.Unicode.GetBytes("HwpSummaryInformation");

    public static FileKind Detect(FileStream file)
    {
        file.Position = 0;
        byte[] block = new byte[BlockSize];
        for (int got = Fill(file, block); got > 0; got = Fill(file, block))
        {
            ReadOnlySpan<byte> bytes = block.AsSpan(0, got);
            if (bytes.IndexOf(_hancom) >= 0)
                throw new ConversionException(ConversionStatus.HancomOffice, "Hancom Office documents cannot be converted here");
            foreach (byte[] name in _office)
            {
                if (bytes.IndexOf(name) >= 0)
                    return FileKind.Office;
            }
        }

        throw FileKindDetector.Unsupported();
    }

    private static int Fill(FileStream file, byte[] block) => file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
}
