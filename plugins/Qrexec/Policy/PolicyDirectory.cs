using System.Buffers;
using System.Text;

namespace Qubes.Plugins.Qrexec.Policy;

/// <summary>
/// The policy files of one directory, read anew for each call: a change counts at once, and a broken file denies everything
/// (spec: policy, section 1).
/// </summary>
/// <param name="path">e.g. <c>/etc/qubes/policy.d</c>.</param>
internal sealed class PolicyDirectory(string path)
{
    private static readonly SearchValues<char> InName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>All rules in order.</summary>
    /// <exception cref="PolicyLoadException">Anything is wrong with it.</exception>
    public async Task<IReadOnlyList<PolicyRule>> LoadAsync(CancellationToken cancel)
    {
        List<PolicyRule> rules = [];
        string at = path;
        try
        {
            foreach (string name in Names())
            {
                at = name;
                rules.AddRange(PolicyParser.Parse(name, await File.ReadAllTextAsync(Path.Combine(path, name), Strict, cancel)));
            }
            return rules;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new PolicyLoadException(at, e.Message);
        }
    }

    private List<string> Names()
    {
        List<string> names = [.. Directory.EnumerateFiles(path, "*.policy").Select(f => Path.GetFileName(f)!)
            .Where(n => n[0] != '.').Order(StringComparer.Ordinal)];
        if (names.Find(n => n.AsSpan().ContainsAnyExcept(InName)) is { } bad)
            throw new PolicyLoadException(bad, "a file's name has only a-z 0-9 _ . and -");
        return names;
    }
}
