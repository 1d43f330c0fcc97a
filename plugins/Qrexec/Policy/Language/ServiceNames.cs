using System.Buffers;

namespace Qubes.Policy.Language;

/// <summary>The first two columns, and the same of a call.</summary>
internal static class ServiceNames
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> InService = SearchValues.Create(Letters + "-._");
    private static readonly SearchValues<char> InArgument = SearchValues.Create(Letters + "-._+");

    /// <exception cref="PolicySyntaxException">They are not what the language accepts.</exception>
    public static void Check(string service, string argument)
    {
        if (service.Length == 0 || (service != PolicyWords.Any && service.AsSpan().ContainsAnyExcept(InService)))
            throw new PolicySyntaxException($"'{service}' is no service: * or letters, digits and - . _ are accepted");
        if (argument != PolicyWords.Any && (!argument.StartsWith('+') || argument.AsSpan().ContainsAnyExcept(InArgument)))
            throw new PolicySyntaxException($"'{argument}' is no argument: * or a + followed by letters, digits and - . _ + is accepted");
        if (service == PolicyWords.Any && argument != PolicyWords.Any)
            throw new PolicySyntaxException("with service * the argument must be * as well");
    }

    /// <summary>Cuts at the first <c>+</c>, which stays with the argument.</summary>
    /// <param name="call">e.g. <c>a.Svc+x</c>.</param>
    /// <param name="absent">The argument of one without <c>+</c>.</param>
    public static (string Service, string Argument) Cut(string call, string absent)
    {
        int plus = call.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? (call, absent) : (call[..plus], call[plus..]);
    }
}
