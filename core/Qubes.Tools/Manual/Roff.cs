using System.Text;

namespace Qubes.Tools.Manual;

/// <summary>Writes the language of manual pages, man(7). Text is escaped here and nowhere else.</summary>
internal sealed class Roff(TextWriter output)
{
    private const int LineLength = 76;

    public void Title(string name, string date, string source) =>
        output.Write($".TH {name.ToUpperInvariant()} 1 {date} {Quote(source)} {Quote("Qubes tools")}\n");

    public void Section(string heading) => output.Write($".SH {Quote(heading)}\n");

    public void Subsection(string heading) => output.Write($".SS {Quote(heading)}\n");

    /// <summary>Starts a paragraph.</summary>
    public void Paragraph() => output.Write(".PP\n");

    /// <summary>Starts a line within the paragraph.</summary>
    public void Break() => output.Write(".br\n");

    /// <summary>A tag, which is one of <see cref="Bold"/> and <see cref="Italic"/>, and an indented text.</summary>
    public void Item(string tag, string text)
    {
        output.Write(".TP\n");
        Line(tag);
        Text(Escape(text));
    }

    /// <summary>Text that is escaped already, in lines as short as those who read the source like them.</summary>
    public void Text(string text)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > LineLength)
            {
                Line(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Line(line.ToString());
    }

    /// <summary>One line that is escaped already; not read as a request, whatever it starts with.</summary>
    private void Line(string text) => output.Write((text is ['.' or '\'', ..] ? "\\&" : "") + text + "\n");

    public static string Bold(string text) => $"\\fB{Escape(text)}\\fR";

    public static string Italic(string text) => $"\\fI{Escape(text)}\\fR";

    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(rune.Value switch
            {
                '\\' => "\\e",
                '-' => "\\-",
                '\'' => "\\(aq",
                '`' => "\\(ga",
                '"' => "\\(dq",
                '^' => "\\(ha",
                '~' => "\\(ti",
                '…' => "...",
                > 0x7e => $"\\[u{rune.Value:X4}]",
                _ => rune.ToString(),
            });
        }

        return safe.ToString();
    }

    private static string Quote(string text) => $"\"{Escape(text)}\"";
}
