using System.Buffers;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Domains;

/// <summary>What a qube may be called (spec: domain model, section 5).</summary>
public static class QubeNames
{
    private const int MaxLength = 31;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    /// <summary>Accepts a name: 1 to 31 characters, a letter first, then letters, digits, <c>_</c>, <c>.</c> and <c>-</c>.</summary>
    /// <exception cref="InvalidValueException">The name breaks a rule; the message says which.</exception>
    public static void Require(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > MaxLength)
            throw new InvalidValueException($"Qube name '{name}' is too long: at most {MaxLength} characters");
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || name.AsSpan().ContainsAnyExcept(Allowed))
            throw new InvalidValueException($"Qube name '{name}' is malformed: a letter, then letters, digits, '_', '.' or '-'");
        if (name is "Domain-0" or "none" or "default" || name.EndsWith("-dm", StringComparison.Ordinal))
            throw new InvalidValueException($"Qube name '{name}' is reserved");
    }
}
