namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>The two sets of PDF tools that the program can work with.</summary>
public static class PdfRenderers
{
    public static TheoryData<string> All => ["mutool", "pdftoppm"];

    /// <summary>A <c>PATH</c> on which the program finds only that renderer (and what belongs to it).</summary>
    internal static string Only(TemporaryDirectory directory, string renderer) =>
        renderer == "mutool" ? directory.WithOnly("mutool") : directory.WithOnly("pdftoppm", "pdfinfo");
}
