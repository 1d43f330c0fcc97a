using Qubes.Convert.Guest.Input;

namespace Qubes.Convert.Guest.Documents;

/// <summary>Starts rendering a document with the tools its kind needs.</summary>
internal static class DocumentOpener
{
    /// <exception cref="ConversionException">It cannot be opened, or its page count or a page's size is refused.</exception>
    public static RenderedDocument Open(RenderRequest request)
    {
        Workspace workspace = request.Workspace;
        FileKind kind = FileKindDetector.Detect(workspace.InputFile);
        return kind switch
        {
            FileKind.Pdf => PdfDocument.Open(request, workspace.InputFile),
            FileKind.Office => PdfDocument.Open(request, OfficeDocument.ToPdf(workspace)),
            FileKind.Svg => ImageTools.OpenAll(SvgDocument.ToPng(workspace.InputFile, request.Dpi, workspace), FileKind.Png, workspace),
            _ => ImageTools.OpenAll(workspace.InputFile, kind, workspace),
        };
    }
}
