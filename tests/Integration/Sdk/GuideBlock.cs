namespace Qubes.Integration.Tests.Sdk;

/// <summary>A fenced block of a guide.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Language"><c>sh</c>: commands; <c>text</c>: what the commands before it print; others: a file.</param>
/// <param name="File">The file that it is, below where the commands run.</param>
/// <param name="Text">Without the fences.</param>
internal sealed record GuideBlock(int Line, string Language, string? File, string Text)
{
    private const string Fence = "```";

    /// <summary>All blocks of a page, in order.</summary>
    public static IReadOnlyList<GuideBlock> Of(string page)
    {
        var blocks = new List<GuideBlock>();
        var lines = System.IO.File.ReadAllLines(page);
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            var begin = i;
            var end = Array.IndexOf(lines, Fence, begin + 1);
            Assert.True(end > begin, $"{page}:{begin + 1}: the block has no end");
            blocks.Add(Parse(begin + 1, lines[begin][Fence.Length..], string.Join('\n', lines[(begin + 1)..end]) + "\n"));
            i = end;
        }
        return blocks;
    }

    private static GuideBlock Parse(int line, string info, string text)
    {
        var words = info.Split(' ');
        var file = words.Skip(1).FirstOrDefault(w => w.StartsWith("file=", StringComparison.Ordinal))?["file=".Length..];
        return new(line, words[0], file, text);
    }
}
