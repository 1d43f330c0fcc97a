using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Preload.Traces;
using Qubes.Sdk.Errors;
using Qubes.Simulation.Traces;

namespace Qubes.Simulation.Tests;

/// <summary>A trace is a file that anybody may have written.</summary>
public sealed class TraceReaderTests
{
    private const string Header = "qubes-preload-trace 1 2026-01-31T08:00:00+01:00\n";

    private static Trace Read(string text) => TraceReader.Read(Encoding.Latin1.GetBytes(text));

    [Fact]
    public void Requests_are_read_with_their_times()
    {
        var trace = Read(Header + "0 dvm\n1500 sd-viewer\n1500 dvm\n60000 .\n");

        Assert.Equal(new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.FromHours(1)), trace.Begun);
        Assert.Equal([new(TimeSpan.Zero, "dvm"), new(TimeSpan.FromSeconds(1.5), "sd-viewer"), new(TimeSpan.FromSeconds(1.5), "dvm")], trace.Requests);
        Assert.Equal((TimeSpan.FromMinutes(1), "dvm sd-viewer"), (trace.Length, string.Join(' ', trace.Templates)));
    }

    [Fact]
    public void One_that_was_not_stopped_ends_with_its_last_request() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Read(Header + "7000 dvm\n").Length);

    [Theory]
    [InlineData("", "line 1: it does not end in a line feed")]
    [InlineData("qubes-preload-trace 1 2026-01-31T08:00:00+01:00", "line 1: it does not end in a line feed")]
    [InlineData("qubes-preload-trace 2 2026-01-31T08:00:00+01:00\n0 dvm\n", "line 1: expected 'qubes-preload-trace 1 '")]
    [InlineData("qubes-preload-trace 1 yesterday\n0 dvm\n", "line 1: expected")]
    [InlineData("qubes-preload-trace 1 2026-02-30T08:00:00+01:00\n0 dvm\n", "line 1: expected")]
    [InlineData("qubes-preload-trace 1 0001-01-01T00:00:00+00:00\n0 dvm\n", "line 1: expected")]
    [InlineData(Header, "there is no request in the trace")]
    [InlineData(Header + "5 .\n", "there is no request in the trace")]
    [InlineData(Header + "0 dvm", "line 2: it does not end in a line feed")]
    [InlineData(Header + "dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "\n", "line 2: expected milliseconds")]
    [InlineData(Header + " dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "-1 dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "+1 dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "01 dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "1.5 dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "999999999999 dvm\n", "line 2: expected milliseconds")]
    [InlineData(Header + "31622400001 dvm\n", "line 2: a trace is of 366 days at most")]
    [InlineData(Header + "5 dvm\n4 dvm\n", "line 3: it is earlier than the line before")]
    [InlineData(Header + "5 dvm\n4 .\n", "line 3: it is earlier than the line before")]
    [InlineData(Header + "5 dvm\n6 .\n7 dvm\n", "line 4: nothing is expected after its end")]
    [InlineData(Header + "5 \n", "line 2: Qube name '' is malformed")]
    [InlineData(Header + "5  dvm\n", "line 2: Qube name ' dvm' is malformed")]
    [InlineData(Header + "5 dvm\r\n", "line 2: Qube name 'dvm\r' is malformed")]
    [InlineData(Header + "5 ../dvm\n", "line 2: Qube name '../dvm' is malformed")]
    [InlineData(Header + "5 dvm\0\n", "is malformed")]
    [InlineData(Header + "5 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "is too long")]
    [InlineData(Header + "5 dom0\n", "line 2: 'dom0' is no template's name")]
    [InlineData(Header + "5 disp12\n", "line 2: 'disp12' is no template's name")]
    public void What_is_none_is_refused_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<QubesException>(() => Read(text)).Message);

    [Fact]
    public void Templates_and_requests_are_bounded()
    {
        var many = Header + string.Concat(Enumerable.Range(0, 65).Select(i => $"{i} t{i}\n"));
        Assert.Contains("at most 64 templates", Assert.Throws<QubesException>(() => Read(many)).Message);
        var long_ = Header + string.Concat(Enumerable.Repeat("0 d\n", TraceReader.MostRequests + 1));
        Assert.Contains("at most 100000 requests", Assert.Throws<QubesException>(() => Read(long_)).Message);
    }

    [Fact]
    public void A_file_that_does_not_end_is_not_read_to_its_end() =>
        Assert.Contains("8 MiB", Assert.Throws<QubesException>(() => TraceReader.ReadFile("/dev/zero")).Message);

    [Fact]
    public void No_bytes_do_anything_but_be_read_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), Gen.Elements("", Header, Header + "0 dvm\n", Header + "0 dvm\n5 ").ToArbitrary(),
        (bytes, start) =>
        {
            try
            {
                return TraceReader.Read([.. Encoding.Latin1.GetBytes(start), .. bytes]).Requests.Count > 0;
            }
            catch (QubesException)
            {
                return true;
            }
        }));

    [Fact]
    public void Broken_traces_are_read_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(0, 80).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(),
        (at, value) =>
        {
            var bytes = Encoding.Latin1.GetBytes(Header + "0 dvm\n1500 sd-viewer\n1500 dvm\n60000 .\n");
            bytes[Math.Min(at, bytes.Length - 1)] = (byte)value;
            try
            {
                return TraceReader.Read(bytes).Requests.Count is 2 or 3 or 4;
            }
            catch (QubesException)
            {
                return true;
            }
        }));

    [Fact]
    public async Task What_the_daemon_records_is_read_as_it_was()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var begun = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(-3));
            await using (var file = TraceFile.Create(path, begun))
            {
                file.Add(TimeSpan.FromMilliseconds(1), "dvm");
                file.Add(TimeSpan.FromHours(2), "dvm2");
                await file.EndAsync(TimeSpan.FromHours(3));
            }
            var trace = TraceReader.ReadFile(path);
            Assert.Equal((begun, TimeSpan.FromHours(3)), (trace.Begun, trace.Length));
            Assert.Equal([new(TimeSpan.FromMilliseconds(1), "dvm"), new(TimeSpan.FromHours(2), "dvm2")], trace.Requests);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
