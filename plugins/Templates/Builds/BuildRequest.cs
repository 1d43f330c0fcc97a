using System.Text;
using System.Text.RegularExpressions;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>What a caller of <c>admin.template.Build</c> wants.</summary>
/// <param name="Recipe">The recipe's name, unchecked.</param>
/// <param name="Name">The template's name; null: the recipe's.</param>
/// <param name="WithDisposable">Make a disposable template on it.</param>
/// <param name="Force">Build though the cache has the result, and replace a template that no recipe made.</param>
internal sealed partial record BuildRequest(string Recipe, string? Name, bool WithDisposable, bool Force)
{
    /// <summary>The disposable template is called after its template, with this behind.</summary>
    public const string DisposableSuffix = "-dvm";

    private const string Accepted = "lines 'name=NAME', 'dvm=no' and 'force=yes' are accepted, each once";

    // payload: empty, or lines KEY=VALUE, each ended by LF (the last one need not be):
    //   name=NAME   dvm=yes|no   force=yes|no
    /// <summary>Reads the payload.</summary>
    /// <exception cref="InvalidValueException">It is malformed.</exception>
    public static BuildRequest Parse(string recipe, ReadOnlySpan<byte> payload)
    {
        var request = new BuildRequest(recipe, Name: null, WithDisposable: true, Force: false);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Encoding.Latin1.GetString(payload).Split('\n').Where(l => l.Length > 0))
        {
            var equals = line.IndexOf('=');
            var key = equals < 0 ? line : line[..equals];
            if (!seen.Add(key))
                throw Refuse(line);
            request = (key, line[(equals + 1)..]) switch
            {
                ("name", var name) => request with { Name = RequireName(name) },
                ("dvm", "yes" or "no") => request with { WithDisposable = line.EndsWith("yes", StringComparison.Ordinal) },
                ("force", "yes" or "no") => request with { Force = line.EndsWith("yes", StringComparison.Ordinal) },
                _ => throw Refuse(line),
            };
        }
        return request;
    }

    /// <summary>The template's name.</summary>
    public string TemplateName(Recipe recipe) => Name ?? recipe.Name;

    private static string RequireName(string name) => NamePattern().IsMatch(name)
        ? name
        : throw new InvalidValueException(
            $"'{Printable.Of(name)}' cannot be a template's name: a letter and at most 26 more of 'A-Za-z0-9_.-' are accepted, "
            + $"so that '{DisposableSuffix}' fits behind");

    private static InvalidValueException Refuse(string line) => new($"The payload line '{Printable.Of(line)}' is refused: {Accepted}");

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_.-]{0,26}\z")]
    private static partial Regex NamePattern();
}
