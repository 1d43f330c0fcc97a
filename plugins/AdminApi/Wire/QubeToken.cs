using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>A source or destination as it stands in the header: a name, or <c>uuid:</c> and a lower-case UUID.</summary>
internal static class QubeToken
{
    private const string UuidPrefix = "uuid:";

    /// <summary>Looks the qube up.</summary>
    /// <exception cref="NotAsciiException">Bytes outside ASCII.</exception>
    /// <exception cref="InvalidUuidException">No UUID after <c>uuid:</c>.</exception>
    /// <exception cref="InvalidValueException">Not a name a qube can have (spec: domain model, section 5).</exception>
    /// <exception cref="QubeNotFoundException">No such qube.</exception>
    public static IQube Resolve(IQubes qubes, string token, string what)
    {
        if (!Ascii.IsValid(token))
            throw new NotAsciiException(what);
        if (token.StartsWith(UuidPrefix, StringComparison.Ordinal))
            CheckUuid(token);
        else
            QubeNames.Require(token);
        return qubes.TryFind(token, out IQube? qube) ? qube : throw new QubeNotFoundException($"No such domain: '{token}'");
    }

    private static void CheckUuid(string token)
    {
        bool valid = Guid.TryParseExact(token.AsSpan(UuidPrefix.Length), "D", out _)
            && token.Length == UuidPrefix.Length + 36 && !token.Any(char.IsAsciiLetterUpper);
        if (!valid)
            throw new InvalidUuidException("Invalid UUID: expected uuid: and 8-4-4-4-12 lower-case hexadecimal digits.");
    }
}
