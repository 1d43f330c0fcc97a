using System.Text;

namespace Qubes.Tools.Admin;

/// <summary>
/// Reads a whole answer (spec: Admin API, section 3):
/// <code>
/// answer    = "0" NUL result                              ; up to end of file, may contain NUL
///           | "2" NUL class NUL traceback NUL message NUL
///           |                                             ; nothing: failed without detail
/// </code>
/// </summary>
internal static class AdminResponse
{
    /// <summary>Returns the result's bytes, or throws the exception the answer carries.</summary>
    /// <exception cref="AdminException">The daemon refused or failed.</exception>
    /// <exception cref="MalformedAnswerException">The bytes are not an answer.</exception>
    public static ReadOnlyMemory<byte> Parse(ReadOnlyMemory<byte> answer, string method)
    {
        var bytes = answer.Span;
        if (bytes.IsEmpty)
            throw new MalformedAnswerException($"the daemon gave no answer to {method}; its log says why");
        if (bytes.Length < 2 || bytes[1] != 0)
            throw new MalformedAnswerException($"the answer to {method} does not start with a kind of answer");
        return bytes[0] switch
        {
            (byte)'0' => answer[2..],
            (byte)'2' => throw ParseException(bytes[2..], method),
            (byte)'1' => throw new MalformedAnswerException($"{method} answered with an event where a result was expected"),
            _ => throw new MalformedAnswerException($"the answer to {method} is of an unknown kind"),
        };
    }

    /// <param name="record">What follows <c>2</c> NUL.</param>
    public static AdminException ParseException(ReadOnlySpan<byte> record, string method)
    {
        var wireClass = Take(ref record, method);
        var traceback = Take(ref record, method);
        var message = Take(ref record, method);
        // The daemon doubles "%" in messages because stock clients apply printf formatting (section 3.3, rule 4).
        if (wireClass is not ("ProtocolError" or "PermissionDenied"))
            message = message.Replace("%%", "%", StringComparison.Ordinal);
        return new AdminException(wireClass, message, traceback);
    }

    private static string Take(ref ReadOnlySpan<byte> record, string method)
    {
        var end = record.IndexOf((byte)0);
        if (end < 0)
            throw new MalformedAnswerException($"the exception that {method} answered with is cut off");
        var text = Encoding.UTF8.GetString(record[..end]);
        record = record[(end + 1)..];
        return text;
    }
}
