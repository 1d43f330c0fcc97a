using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Notes;

/// <summary><c>admin.vm.notes.*</c> (spec: Admin API, section 7.2).</summary>
internal sealed class NoteMethods : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        Method.Read("admin.vm.notes.Get", AdminDestination.Qube, c => c.Local("notes").Notes),
        // An empty text takes the notes away.
        Method.Do("admin.vm.notes.Set", AdminDestination.Qube, Presence.Forbidden, Presence.Optional,
            c => c.Local("notes").Notes = Text(c.Payload.Span)),
    ];

    private static string Text(ReadOnlySpan<byte> payload)
    {
        if (!Utf8.IsValid(payload))
            throw new ProtocolException("the notes are not valid UTF-8");
        var text = new StringBuilder(payload.Length);
        foreach (Rune rune in Encoding.UTF8.GetString(payload).EnumerateRunes())
            text.Append((IsSafe(rune) ? rune : new Rune('_')).ToString());
        return text.ToString();
    }

    /// <summary>Not what moves a terminal's cursor, turns text round or has no meaning yet.</summary>
    private static bool IsSafe(Rune rune) => rune.Value is '\t' or '\n' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
