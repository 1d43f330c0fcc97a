using System.Globalization;
using System.Text.RegularExpressions;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Conversion;

/// <summary>What an independent reader (poppler) finds in a PDF.</summary>
internal sealed partial record PdfDocument(IReadOnlyList<(double Width, double Height)> Pages)
{
    public static async Task<PdfDocument> ReadAsync(string path)
    {
        var info = (await LocalProgram.RunAsync("pdfinfo", "-f", "1", "-l", "-1", path)).Succeeded().Text;
        return new PdfDocument([.. PageSize().Matches(info).Select(m => (Points(m.Groups[1]), Points(m.Groups[2])))]);
    }

    public static async Task<IReadOnlyList<Picture>> RenderAsync(string path, int dpi, DirectoryInfo folder)
    {
        var prefix = Path.Combine(folder.FullName, Path.GetFileNameWithoutExtension(path));
        (await LocalProgram.RunAsync("pdftoppm", "-r", $"{dpi}", path, prefix)).Succeeded();
        return [.. folder.EnumerateFiles(Path.GetFileName(prefix) + "-*.ppm").OrderBy(f => f.Name).Select(f => Picture.Read(f.FullName))];
    }

    private static double Points(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Page\s+\d+ size:\s+([0-9.]+) x ([0-9.]+) pts", RegexOptions.Multiline)]
    private static partial Regex PageSize();
}
