using System.Globalization;
using Qubes.Convert.Guest.Processes;

namespace Qubes.Convert.Guest.Documents;

/// <summary>Draws an SVG with <c>rsvg-convert</c> (Debian: librsvg2-bin).</summary>
internal static class SvgDocument
{
    /// <summary>Pixels of an SVG's inch.</summary>
    public const int NaturalDpi = 96;

    /// <summary>Draws it as a PNG file in the workspace and returns that file's path.</summary>
    /// <exception cref="ConversionException">It cannot be drawn.</exception>
    public static string ToPng(string path, int dpi, Workspace workspace)
    {
        string png = Path.Combine(workspace.Directory, "drawing.png");
        string zoom = ((double)dpi / NaturalDpi).ToString("R", CultureInfo.InvariantCulture);
        string[] arguments = ["--format", "png", "--dpi-x", "96", "--dpi-y", "96", "--zoom", zoom, "--output", png, path];
        if (!ToolProcess.Run(workspace, "rsvg-convert", arguments, Limits.ToolAddressSpace))
            throw new ConversionException(ConversionStatus.DamagedDocument, "the drawing is damaged, or too large to be drawn");
        return png;
    }
}
