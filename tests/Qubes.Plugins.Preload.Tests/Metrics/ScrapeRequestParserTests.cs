using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Preload.Metrics;

namespace Qubes.Plugins.Preload.Tests.Metrics;

public sealed class ScrapeRequestParserTests
{
    [Theory]
    [InlineData("GET /metrics HTTP/1.0\r\n\r\n", "Metrics")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n", "Metrics")]
    [InlineData("GET /metrics?name=a HTTP/1.1\r\n\r\n", "Metrics")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "OtherPath")]
    [InlineData("GET /metrics/ HTTP/1.1\r\n\r\n", "OtherPath")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "OtherMethod")]
    [InlineData("HEAD /metrics HTTP/1.1\r\n\r\n", "OtherMethod")]
    [InlineData("", "Unfinished")]
    [InlineData("GET /metrics HTTP/1.0\r\n", "Unfinished")]
    [InlineData("GET /metrics HTTP/1.0\n\n", "Unfinished")]
    [InlineData("\r\n\r\n", "Malformed")]
    [InlineData("get /metrics HTTP/1.0\r\n\r\n", "Malformed")]
    [InlineData("GET metrics HTTP/1.0\r\n\r\n", "Malformed")]
    [InlineData("GET  HTTP/1.0\r\n\r\n", "Malformed")]
    [InlineData(" /metrics HTTP/1.0\r\n\r\n", "Malformed")]
    [InlineData("GET /metrics HTTP/2.0\r\n\r\n", "Malformed")]
    [InlineData("GET /metrics\r\n\r\n", "Malformed")]
    [InlineData("GET /me trics HTTP/1.0\r\n\r\n", "Malformed")]
    [InlineData("GET /metrics\0 HTTP/1.0\r\n\r\n", "Malformed")]
    public void The_head_of_a_request_is_read_strictly(string request, string expected) =>
        Assert.Equal(expected, ScrapeRequestParser.Parse(Encoding.ASCII.GetBytes(request)).ToString());

    [Fact]
    public void One_that_does_not_end_is_malformed_when_it_is_too_long()
    {
        var request = new byte[ScrapeRequestParser.MaxLength];
        Array.Fill(request, (byte)'a');
        Assert.Equal(ScrapeRequest.Unfinished, ScrapeRequestParser.Parse(request.AsSpan(1)));
        Assert.Equal(ScrapeRequest.Malformed, ScrapeRequestParser.Parse(request));
    }

    [Fact]
    public void No_bytes_break_it() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes => ScrapeRequestParser.Parse([.. bytes, .. "\r\n\r\n"u8]) is ScrapeRequest.Malformed).QuickCheckThrowOnFailure();
}
