using System.Text;

namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>Makes PDFs of empty pages whose sizes and number are the point.</summary>
internal static class PdfMaker
{
    /// <param name="page">What stands in each page besides its type and parent.</param>
    public static byte[] Make(int pages, string page = "/MediaBox [0 0 72 72]")
    {
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        void Add(string content)
        {
            offsets.Add(pdf.Length);
            pdf.Append(offsets.Count).Append(" 0 obj\n").Append(content).Append("\nendobj\n");
        }

        Add("<< /Type /Catalog /Pages 2 0 R >>");
        string kids = string.Join('\n', Enumerable.Range(3, pages).Select(number => $"{number} 0 R"));
        Add($"<< /Type /Pages /Count {pages} /Kids [\n{kids}\n] >>");
        for (int number = 0; number < pages; number++)
            Add($"<< /Type /Page /Parent 2 0 R {page} >>");
        int table = pdf.Length;
        pdf.Append($"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (int offset in offsets)
            pdf.Append($"{offset:D10} 00000 n \n");
        pdf.Append($"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }
}
