using System.Text;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Wire;

// success   = "0" NUL text                                             (spec: Admin API, sections 3 and 5)
// event     = "1" NUL subject NUL event NUL *( key NUL value NUL ) NUL
// exception = "2" NUL class NUL traceback NUL message NUL              ; traceback always empty
internal static class AdminRecord
{
    private const char Nul = '\0';

    /// <summary>What stands before the bytes of a success.</summary>
    public static ReadOnlyMemory<byte> Success { get; } = new byte[] { (byte)'0', 0 };

    /// <summary>
    /// The record of a refusal. Clients format the message of every class but two with printf rules, so a bare percent sign
    /// would break them (section 3.3).
    /// </summary>
    public static byte[] Refusal(QubesException refusal)
    {
        string message = WithoutNul(refusal.Message);
        if (refusal.WireName is not ("ProtocolError" or "PermissionDenied"))
            message = message.Replace("%", "%%", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes($"2\0{refusal.WireName}\0\0{message}\0");
    }

    /// <summary>One event. A key must not be empty: an empty one ends the record.</summary>
    public static byte[] Event(string? subject, string name, IEnumerable<KeyValuePair<string, string>> arguments)
    {
        var text = new StringBuilder("1\0").Append(subject).Append(Nul).Append(WithoutNul(name)).Append(Nul);
        foreach (var (key, value) in arguments)
        {
            ArgumentException.ThrowIfNullOrEmpty(key, nameof(arguments));
            text.Append(WithoutNul(key)).Append(Nul).Append(WithoutNul(value)).Append(Nul);
        }
        return Encoding.UTF8.GetBytes(text.Append(Nul).ToString());
    }

    private static string WithoutNul(string text) => text.Replace(Nul, '\uFFFD');
}
