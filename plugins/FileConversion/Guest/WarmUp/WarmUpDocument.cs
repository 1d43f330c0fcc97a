using System.Globalization;
using System.Text;

namespace Qubes.Convert.Guest.WarmUp;

/// <summary>
/// A document that every renderer has to work for: a page of text in the fonts that most documents use. It is made here, so
/// that nobody has to keep it, and is not one that anybody converts.
/// </summary>
internal static class WarmUpDocument
{
    private static readonly string[] _fonts = ["Helvetica", "Times-Roman", "Courier", "Helvetica-Bold"];

    /// <summary>The PDF.</summary>
    public static byte[] Make()
    {
        var text = new StringBuilder();
        for (int line = 0; line < 24; line++)
            text.Append(CultureInfo.InvariantCulture, $"BT /F{line % _fonts.Length} {9 + line % 5} Tf 40 {800 - 30 * line} Td (The quick brown fox jumps over the lazy dog, {line} times.) Tj ET\n");
        text.Append("0.2 0.4 0.8 rg 40 20 200 30 re f\n");

        var references = string.Join(' ', _fonts.Select((_, i) => $"/F{i} {5 + i} 0 R"));
        List<string> objects =
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            $"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<<{references}>>>>>>",
            string.Create(CultureInfo.InvariantCulture, $"<</Length {text.Length}>>stream\n{text}endstream"),
            .. _fonts.Select(f => $"<</Type/Font/Subtype/Type1/BaseFont/{f}>>"),
        ];
        return Encoding.ASCII.GetBytes(Assemble(objects));
    }

    private static string Assemble(List<string> objects)
    {
        var file = new StringBuilder("%PDF-1.4\n");
        var table = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n"));
        for (int i = 0; i < objects.Count; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"{file.Length:0000000000} 00000 n \n");
            file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }
        return string.Create(CultureInfo.InvariantCulture,
            $"{file}{table}trailer<</Size {objects.Count + 1}/Root 1 0 R>>\nstartxref\n{file.Length}\n%%EOF\n");
    }
}
