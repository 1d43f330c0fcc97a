using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Qemu.Qmp;

namespace Qubes.Plugins.Qemu.Tests.Qmp;

public sealed class QmpMessageTests
{
    [Fact]
    public void The_four_kinds_are_told_apart()
    {
        Assert.IsType<QmpMessage.Greeting>(Parse("""{"QMP": {"version": {}}}"""));
        Assert.Equal(7, Assert.IsType<QmpMessage.Success>(Parse("""{"return": {}, "id": 7}""")).Id);
        Assert.Equal("no", Assert.IsType<QmpMessage.Failure>(
            Parse("""{"error": {"class": "GenericError", "desc": "no"}, "id": 7}""")).Description);
        var e = Assert.IsType<QmpMessage.Event>(Parse("""{"event": "VSERPORT_CHANGE", "data": {"open": true, "id": "agent"}}"""));
        Assert.True(e.Is("open"));
        Assert.Equal("agent", e.Text("id"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"return": {}}""")]
    [InlineData("""{"return": {}, "id": "7"}""")]
    [InlineData("""{"return": {}, "id": 1e99}""")]
    [InlineData("""{"error": "text", "id": 7}""")]
    [InlineData("""{"error": {"desc": 5}, "id": 7}""")]
    [InlineData("""{"error": {"desc": "x"}}""")]
    [InlineData("""{"event": 5}""")]
    public void Anything_else_is_refused(string line) => Assert.Throws<InvalidDataException>(() => Parse(line));

    [Fact]
    public void Depth_without_end_is_refused() =>
        Assert.Throws<InvalidDataException>(() => Parse("""{"return": """ + new string('[', 100_000)));

    [Fact]
    public void An_event_without_the_data_asked_for_has_none()
    {
        foreach (var data in (string[])["", ""","data":[1]""", ""","data":{"open":"yes","id":5}"""])
        {
            var e = Assert.IsType<QmpMessage.Event>(Parse("{\"event\":\"X\"" + data + "}"));
            Assert.False(e.Is("open"));
            Assert.Null(e.Text("id"));
        }
    }

    [Fact]
    public void No_damage_to_a_message_does_more_than_have_it_refused() =>
        Check.QuickThrowOnFailure(Prop.ForAll<int, byte, int>((where, value, cut) =>
        {
            var line = """{"error": {"class": "GenericError", "desc": "no\u00e9"}, "id": 7, "event": "E", "data": {}}"""u8.ToArray();
            line[(where & int.MaxValue) % line.Length] = value;
            try
            {
                return QmpMessage.Parse(line.AsMemory(0, line.Length - (cut & int.MaxValue) % 3)) is not null;
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }));

    private static QmpMessage Parse(string line) => QmpMessage.Parse(Encoding.UTF8.GetBytes(line));
}
