namespace Qubes.Plugins.Preload.Metrics;

// request = line *( header CRLF ) CRLF          ; headers are passed over, a body is none of ours
// line    = method SP path SP "HTTP/1." ( "0" | "1" ) CRLF
// method  = 1*UPALPHA
// path    = "/" *VCHAR                          ; what follows "?" is passed over
/// <summary>Reads the head of a request of HTTP/1.0 or 1.1.</summary>
internal static class ScrapeRequestParser
{
    /// <summary>Bytes that a request may have.</summary>
    public const int MaxLength = 8192;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    public static ScrapeRequest Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf(HeadEnd) < 0)
            return bytes.Length < MaxLength ? ScrapeRequest.Unfinished : ScrapeRequest.Malformed;
        var line = bytes[..bytes.IndexOf(LineEnd)];
        if (line.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) || line.Count((byte)' ') != 2)
            return ScrapeRequest.Malformed;
        var (first, last) = (line.IndexOf((byte)' '), line.LastIndexOf((byte)' '));
        var method = line[..first];
        var path = line[(first + 1)..last];
        var version = line[(last + 1)..];
        if (method.IsEmpty || method.ContainsAnyExceptInRange((byte)'A', (byte)'Z') || path.IsEmpty || path[0] != '/'
            || !(version.SequenceEqual("HTTP/1.0"u8) || version.SequenceEqual("HTTP/1.1"u8)))
            return ScrapeRequest.Malformed;
        if (!method.SequenceEqual("GET"u8))
            return ScrapeRequest.OtherMethod;
        var query = path.IndexOf((byte)'?');
        return (query < 0 ? path : path[..query]).SequenceEqual("/metrics"u8) ? ScrapeRequest.Metrics : ScrapeRequest.OtherPath;
    }
}
