using System.CommandLine;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Pools;

/// <summary>The option <c>-o NAME=VALUE</c>, several times or with commas in between.</summary>
internal sealed class PoolOptions
{
    private readonly Option<string[]> options = new("--option", "-o")
    {
        Description = "An option of the pool's driver (repeatable; 'drivers' lists them)",
        HelpName = "NAME=VALUE",
    };

    public void AddTo(Command command) => command.Add(options);

    /// <exception cref="UsageException">Something is no pair, or no text that the Admin API can carry.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Read(ParseResult line) =>
        [.. (line.GetValue(options) ?? []).SelectMany(word => word.Split(',')).Select(Pair)];

    private static KeyValuePair<string, string> Pair(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && !word.Any(char.IsControl)
            ? new KeyValuePair<string, string>(word[..equals], word[(equals + 1)..])
            : throw new UsageException($"--option '{word}': NAME=VALUE is accepted");
    }
}
