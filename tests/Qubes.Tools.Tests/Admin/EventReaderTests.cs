using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Tools.Admin;

namespace Qubes.Tools.Tests.Admin;

public sealed class EventReaderTests
{
    private const string Recorded =
        "1\0\0connection-established\0\0"
        + "1\0vm1\0property-set:memory\0name\0memory\0newvalue\0500\0oldvalue\0400\0\0"
        + "1\0\0domain-add\0vm\0vm1\0\0";

    [Fact]
    public void The_recorded_stream_gives_its_three_events()
    {
        var events = ReadAll(Encoding.Latin1.GetBytes(Recorded), int.MaxValue);
        Assert.Equal(["connection-established", "property-set:memory", "domain-add"], events.Select(e => e.Name));
        Assert.Equal(["", "vm1", ""], events.Select(e => e.Subject));
        Assert.Equal(["name", "newvalue", "oldvalue"], events[1].Arguments.Select(argument => argument.Key));
        Assert.Equal("500", events[1]["newvalue"]);
        Assert.Null(events[1]["nosuch"]);
    }

    [Fact]
    public void However_it_is_split_the_same_events_come()
    {
        var whole = ReadAll(Encoding.Latin1.GetBytes(Recorded), int.MaxValue);
        for (var size = 1; size < Recorded.Length; size++)
            Assert.Equal(whole.Select(Show), ReadAll(Encoding.Latin1.GetBytes(Recorded), size).Select(Show));
    }

    [Fact]
    public void An_empty_value_does_not_end_an_event()
    {
        var read = Assert.Single(ReadAll("1\0vm\0e\0k\0\0l\0v\0\0"u8.ToArray(), 3));
        Assert.Equal(("", "v"), (read["k"], read["l"]));
    }

    [Fact]
    public void An_exception_may_follow_events()
    {
        var bytes = Encoding.Latin1.GetBytes("1\0\0connection-established\0\0" + "2\0QubesVMNotRunningError\0\0Domain is not running\0");
        Assert.Equal("QubesVMNotRunningError", Assert.Throws<AdminException>(() => ReadAll(bytes, 5)).WireClass);
    }

    [Fact]
    public void A_stream_may_end_without_any_event() => Assert.Empty(ReadAll("0\0"u8.ToArray(), 1));

    [Theory]
    [InlineData("0\0text", "a result where events")]
    [InlineData("3\0", "unknown kind")]
    [InlineData("11", "unknown kind")]
    [InlineData("1\0vm\0name\0key\0", "ended within")]
    [InlineData("2\0QubesException\0\0", "ended within")]
    [InlineData("1", "ended within")]
    public void Other_bytes_are_refused(string bytes, string reason) =>
        Assert.Contains(reason, Assert.Throws<MalformedAnswerException>(() => ReadAll(Encoding.Latin1.GetBytes(bytes), 4)).Message);

    [Fact]
    public void A_record_without_an_end_is_refused_at_the_limit()
    {
        var endless = new byte[EventReader.MaximumLength + 10];
        Array.Fill(endless, (byte)'a');
        "1\0"u8.CopyTo(endless);
        Assert.Contains("longer than", Assert.Throws<MalformedAnswerException>(() => ReadAll(endless, 65536)).Message);
    }

    [Fact]
    public void No_bytes_make_it_fail_otherwise()
    {
        var pieces = Gen.Elements("1\0", "2\0", "0\0", "vm\0", "\0", "k\0v\0", "x", "\0\0").ListOf().ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(pieces, parts =>
        {
            try
            {
                ReadAll(Encoding.Latin1.GetBytes(string.Concat(parts)), 3);
            }
            catch (Exception e) when (e is AdminException or MalformedAnswerException)
            {
                // The two ways to fail.
            }
        }));
    }

    private static List<AdminEvent> ReadAll(byte[] bytes, int size)
    {
        var reader = new EventReader("admin.test");
        var events = new List<AdminEvent>();
        for (var rest = bytes.AsMemory(); !rest.IsEmpty;)
        {
            var room = reader.Room();
            var count = Math.Min(Math.Min(room.Length, size), rest.Length);
            rest[..count].CopyTo(room);
            rest = rest[count..];
            reader.Added(count);
            while (reader.TryTake(out var taken))
                events.Add(taken!);
        }

        reader.Finish();
        return events;
    }

    private static string Show(AdminEvent e) => $"{e.Subject} {e.Name} {string.Join(',', e.Arguments)}";
}
