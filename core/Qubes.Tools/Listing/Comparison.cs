using Qubes.Tools.Hosting;

namespace Qubes.Tools.Listing;

/// <summary>
/// The condition <c>KEY=VALUE</c> of <c>--features</c> and <c>--prefs</c>. <c>KEY=</c> asks for what is unset, <c>KEY=''</c> or
/// <c>KEY=""</c> for what is set to the empty text.
/// </summary>
/// <param name="Value">Null: unset.</param>
internal sealed record Comparison(string Key, string? Value)
{
    public static Comparison Parse(string option, string text) => text.Split('=', 2) switch
    {
        [{ Length: > 0 } key, ""] => new(key, null),
        [{ Length: > 0 } key, "''" or "\"\""] => new(key, ""),
        [{ Length: > 0 } key, var value] => new(key, value),
        _ => throw new UsageException($"{option} '{text}': NAME=VALUE is accepted"),
    };
}
