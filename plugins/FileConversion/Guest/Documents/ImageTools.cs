using System.Globalization;
using Qubes.Convert.Guest.Input;
using Qubes.Convert.Guest.Processes;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Documents;

/// <summary>
/// Decodes raster images with GraphicsMagick. The decoder is named by the kind found, never guessed by the tool, so that
/// only these few are ever reached; time is the caller's to limit.
/// </summary>
internal static class ImageTools
{
    private const string Program = "gm";

    private static readonly string[] _limits =
    [
        "-limit", "Width", Decimal(Limits.PageSide), "-limit", "Height", Decimal(Limits.PageSide),
        "-limit", "Pixels", Decimal(Limits.PageSide * Limits.PageSide), "-limit", "Memory", "512MiB", "-limit", "Disk", "4GiB",
    ];

    /// <summary>All images of a TIFF file as pages; the first image of any other.</summary>
    public static RenderedDocument OpenAll(string path, FileKind kind, Workspace workspace)
    {
        int pages = kind == FileKind.Tiff ? Survey(path, kind, workspace) : 1;
        return Open(pages, kind == FileKind.Tiff ? Input(path, kind) : FirstOf(path, kind), workspace);
    }

    /// <summary>The first image, an SVG at its natural size.</summary>
    public static RenderedDocument OpenFirst(string path, FileKind kind, Workspace workspace)
    {
        if (kind == FileKind.Svg)
            (path, kind) = (SvgDocument.ToPng(path, SvgDocument.NaturalDpi, workspace), FileKind.Png);
        if (kind is FileKind.Pdf or FileKind.Office)
            throw FileKindDetector.Unsupported();
        return Open(1, FirstOf(path, kind), workspace);
    }

    private static RenderedDocument Open(int pages, string input, Workspace workspace)
    {
        string[] arguments = ["convert", .. _limits, input, "-auto-orient", "-colorspace", "RGB", "-depth", "8", "avs:-"];
        var renderer = ToolProcess.Start(workspace, Program, arguments, Limits.ToolAddressSpace);
        return new RenderedDocument(pages, renderer, AvsHeader.Read, () => Explain(input, workspace));
    }

    private static ConversionException? Explain(string input, Workspace workspace)
    {
        try
        {
            Survey(input, workspace);
            return new ConversionException(ConversionStatus.DamagedDocument, "the image is damaged");
        }
        catch (ConversionException reason)
        {
            return reason;
        }
    }

    private static int Survey(string path, FileKind kind, Workspace workspace) => Survey(Input(path, kind), workspace);

    /// <summary>Counts the images in a file and checks their sizes, reading headers only.</summary>
    private static int Survey(string input, Workspace workspace)
    {
        using var lister = ToolProcess.Start(
            workspace, Program, ["identify", "-ping", "-format", "%w %h\\n", input], Limits.ToolAddressSpace);
        using var text = new StreamReader(lister.Output);
        int pages = 0;
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0)
                continue;
            PageGuard.CheckCount(++pages);
            string[] words = line.Split(' ');
            PageGuard.CheckSide(pages, Side(words[0]), Side(words[^1]));
        }

        if (!lister.Succeeded() || pages == 0)
            throw new ConversionException(ConversionStatus.DamagedDocument, "the image is damaged");
        return pages;
    }

    private static int Side(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int side) ? side : int.MaxValue;

    private static string Input(string path, FileKind kind) => $"{kind.ToString().ToLowerInvariant()}:{path}";

    private static string FirstOf(string path, FileKind kind) => Input(path, kind) + "[0]";

    private static string Decimal(int number) => number.ToString(CultureInfo.InvariantCulture);
}
