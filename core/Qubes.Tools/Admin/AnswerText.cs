using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Qubes.Tools.Admin;

/// <summary>Takes answers apart that are lines, <c>KEY=VALUE</c> pairs, or lines of JSON.</summary>
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

    /// <summary>What a line of JSON says.</summary>
    /// <param name="line">As it came.</param>
    /// <param name="method">Whose answer it is of, for people.</param>
    /// <param name="type">How it is read.</param>
    /// <exception cref="MalformedAnswerException">It is none.</exception>
    public static T Said<T>(string line, string method, JsonTypeInfo<T> type)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, type) is { } said)
                return said;
        }
        catch (JsonException e)
        {
            throw new MalformedAnswerException($"a line of the answer to {method} is not what it should be: {e.Message}");
        }
        throw new MalformedAnswerException($"a line of the answer to {method} says nothing");
    }
}
