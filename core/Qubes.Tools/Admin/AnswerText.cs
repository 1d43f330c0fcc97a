namespace Qubes.Tools.Admin;

/// <summary>Takes answers apart that are lines, or <c>KEY=VALUE</c> pairs.</summary>
internal static class AnswerText
{
    /// <summary>Lines without the empty ones.</summary>
    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What is no pair is skipped, so that a newer daemon may say more.</summary>
    public static IReadOnlyDictionary<string, string> Pairs(IEnumerable<string> words)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                pairs[word[..equals]] = word[(equals + 1)..];
        }

        return pairs;
    }
}
