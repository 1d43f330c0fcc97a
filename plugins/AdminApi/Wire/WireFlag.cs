using System.Text;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Wire;

// flag = "1" | "yes" | "true" | "on" | "0" | "no" | "false" | "off"     ; letters of either case (spec: Admin API, section 7.1)
internal static class WireFlag
{
    /// <exception cref="ProtocolException">Anything else.</exception>
    public static bool Parse(ReadOnlySpan<byte> payload) =>
        IsOneOf(payload, "1", "yes", "true", "on") || (IsOneOf(payload, "0", "no", "false", "off")
            ? false
            : throw new ProtocolException("expected True or False"));

    private static bool IsOneOf(ReadOnlySpan<byte> payload, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (Ascii.EqualsIgnoreCase(payload, word))
                return true;
        }
        return false;
    }
}
