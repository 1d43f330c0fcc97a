using System.Text;

namespace Qubes.Integration.Tests.Conversion;

/// <summary>Writes PDFs that ask for much.</summary>
internal static class PdfSource
{
    /// <summary>A valid document of so many pages of that size in points, all with the same line across.</summary>
    public static string WithPages(int count, int width, int height)
    {
        var text = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        void Object(string body)
        {
            offsets.Add(text.Length);
            text.Append($"{offsets.Count} 0 obj\n{body}\nendobj\n");
        }

        const int firstPage = 4;
        Object("<< /Type /Catalog /Pages 2 0 R >>");
        Object($"<< /Type /Pages /Count {count} /MediaBox [0 0 {width} {height}] /Kids [{string.Join(' ', Enumerable.Range(firstPage, count).Select(n => $"{n} 0 R"))}] >>");
        var line = $"0 0 m {width} {height} l S";
        Object($"<< /Length {line.Length} >>\nstream\n{line}\nendstream");
        for (var page = 0; page < count; page++)
            Object("<< /Type /Page /Parent 2 0 R /Contents 3 0 R /Resources << >> >>");
        var table = text.Length;
        text.Append($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            text.Append($"{offset:D10} 00000 n \n");
        text.Append($"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return text.ToString();
    }
}
