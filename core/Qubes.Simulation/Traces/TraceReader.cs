using System.Globalization;
using System.Text;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Simulation.Traces;

// trace   = header 1*request [ end ]
// header  = "qubes-preload-trace 1 " date "T" time ( "+" | "-" ) hh ":" mm LF
// request = ms SP template LF          ; ms = "0" | nonzero *10DIGIT, at most 366 days, not decreasing
// end     = ms SP "." LF               ; nothing after it
/// <summary>Reads a trace (Preload's <c>Traces.TraceFile</c> writes them). The file is hostile input: 8 MiB, 100,000 requests, 64 templates at most.</summary>
internal static class TraceReader
{
    public const int MostBytes = 8 << 20;
    public const int MostRequests = 100_000;
    public const int MostTemplates = 64;

    private const int MostDigits = 11;
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:sszzz";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    private static ReadOnlySpan<byte> Header => "qubes-preload-trace 1 "u8;

    /// <exception cref="QubesException">It is none; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Trace ReadFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        // Not what the file says of its length: it may be a device, or still grow.
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length > MostBytes ? throw new QubesException($"a trace has at most {MostBytes >> 20} MiB") : Read(bytes.AsSpan(0, length));
    }

    /// <exception cref="QubesException">It is none; the message says where.</exception>
    public static Trace Read(ReadOnlySpan<byte> bytes)
    {
        var begun = Begun(Line(ref bytes, 1));
        var requests = new List<TracedRequest>();
        var templates = new Dictionary<string, string>(StringComparer.Ordinal);
        TimeSpan? end = null;
        for (var number = 2; !bytes.IsEmpty; number++)
        {
            var line = Line(ref bytes, number);
            if (end is not null)
                throw Malformed(number, "nothing is expected after its end");
            var what = After(line, number, out var at);
            if (requests is [.., var last] && at < last.At)
                throw Malformed(number, "it is earlier than the line before");
            if (what.SequenceEqual("."u8))
                end = at;
            else
                requests.Add(new(at, Template(what, number, templates)));
            if (requests.Count > MostRequests)
                throw Malformed(number, $"at most {MostRequests} requests are accepted");
        }
        return requests is [.., var latest] ? new(begun, requests, end ?? latest.At) : throw new QubesException("there is no request in the trace");
    }

    private static DateTimeOffset Begun(ReadOnlySpan<byte> line) =>
        line.StartsWith(Header) && DateTimeOffset.TryParseExact(
            Encoding.ASCII.GetString(line[Header.Length..]), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var begun)
        && begun.Year is > 1970 and < 9000
            ? begun
            : throw Malformed(1, "expected 'qubes-preload-trace 1 ' and a time such as 2026-01-31T08:00:00+01:00");

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> line, int number, out TimeSpan at)
    {
        var space = line.IndexOf((byte)' ');
        if (space is < 1 or > MostDigits || line[..space].ContainsAnyExceptInRange((byte)'0', (byte)'9') || (line[0] == '0' && space > 1))
            throw Malformed(number, "expected milliseconds, a space and a template's name");
        var milliseconds = long.Parse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture);
        if (milliseconds > Longest.TotalMilliseconds)
            throw Malformed(number, $"a trace is of {Longest.TotalDays} days at most");
        at = TimeSpan.FromMilliseconds(milliseconds);
        return line[(space + 1)..];
    }

    private static string Template(ReadOnlySpan<byte> bytes, int number, Dictionary<string, string> known)
    {
        var name = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 64)]);
        if (known.TryGetValue(name, out var seen))
            return seen;
        try
        {
            QubeNames.Require(name);
        }
        catch (InvalidValueException e)
        {
            throw Malformed(number, e.Message);
        }
        if (name == "dom0" || (name.StartsWith("disp", StringComparison.Ordinal) && name.AsSpan(4).ContainsAnyExceptInRange('0', '9') is false))
            throw Malformed(number, $"'{name}' is no template's name");
        if (known.Count == MostTemplates)
            throw Malformed(number, $"at most {MostTemplates} templates are accepted");
        known.Add(name, name);
        return name;
    }

    private static QubesException Malformed(int line, string why) => new($"line {line}: {why}");

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> bytes, int number)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
            throw Malformed(number, "it does not end in a line feed");
        var line = bytes[..end];
        bytes = bytes[(end + 1)..];
        return line;
    }
}
