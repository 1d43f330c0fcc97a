using System.Globalization;
using System.Text;

namespace Qubes.Plugins.Preload.Metrics;

/// <summary>Answers of the metrics socket, whole; the connection ends after each.</summary>
internal static class ScrapeAnswer
{
    public static byte[] Metrics(string text) => Of("200 OK", MetricText.ContentType, text);

    public static byte[] Refusal(ScrapeRequest request) => request switch
    {
        ScrapeRequest.OtherPath => Refused("404 Not Found", "only /metrics is here"),
        ScrapeRequest.OtherMethod => Refused("405 Method Not Allowed", "only GET is answered", "Allow: GET\r\n"),
        ScrapeRequest.Malformed => Refused("400 Bad Request", "this is no request of HTTP/1.0 or 1.1"),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, null),
    };

    private static byte[] Refused(string status, string why, string headers = "") => Of(status, "text/plain; charset=utf-8", why + "\n", headers);

    private static byte[] Of(string status, string type, string text, string headers = "")
    {
        var length = Encoding.UTF8.GetByteCount(text).ToString(CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.0 {status}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{text}");
    }
}
