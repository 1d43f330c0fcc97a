using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Qubes.Plugins.Qemu.Qmp;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Tests.Qmp;

/// <summary>Both ends of a real socket; the test plays QEMU.</summary>
public sealed class QmpConnectionTests : IAsyncLifetime
{
    private readonly List<QmpMessage.Event> events = [];
    private readonly Socket[] ends = new Socket[2];
    private NetworkStream qemu = null!;
    private LineReader commands = null!;
    private QmpConnection connection = null!;

    public async Task InitializeAsync()
    {
        var directory = Directory.CreateTempSubdirectory("qmp-").FullName;
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            listener.Bind(new UnixDomainSocketEndPoint(directory + "/s"));
            listener.Listen();
            ends[0] = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await ends[0].ConnectAsync(new UnixDomainSocketEndPoint(directory + "/s"));
            ends[1] = await listener.AcceptAsync();
        }
        Directory.Delete(directory, recursive: true);
        qemu = new NetworkStream(ends[1]);
        commands = new LineReader(qemu);
        await SayAsync("""{"QMP": {}}""");
        var opening = QmpConnection.OpenAsync(new NetworkStream(ends[0]), events.Add, default);
        Assert.Equal(("qmp_capabilities", 1), await HearAsync());
        await SayAsync("""{"return": {}, "id": 1}""");
        connection = await opening;
    }

    public async Task DisposeAsync()
    {
        await connection.DisposeAsync();
        await qemu.DisposeAsync();
        ends[0].Dispose();
        ends[1].Dispose();
    }

    [Fact]
    public async Task Answers_find_their_commands_in_any_order()
    {
        var first = connection.ExecuteAsync("a", default);
        var second = connection.ExecuteAsync("b", default);
        await SayAsync("""{"return": "two", "id": 3}""");
        await SayAsync("""{"return": "one", "id": 2}""");
        Assert.Equal("one", (await first).GetString());
        Assert.Equal("two", (await second).GetString());
    }

    [Fact]
    public async Task A_refusal_carries_qemus_words_without_control_characters()
    {
        var command = connection.ExecuteAsync("a", default);
        await SayAsync("""{"error": {"class": "X", "desc": "bad \u001b[31mthing"}, "id": 2}""");
        var refusal = await Assert.ThrowsAsync<QubeException>(() => command);
        Assert.Equal(@"QEMU refuses: bad \x1b[31mthing", refusal.Message);
    }

    [Fact]
    public async Task Events_are_handled_before_the_answer_of_the_command_that_caused_them()
    {
        var command = connection.ExecuteAsync("stop", default);
        await SayAsync("""{"event": "STOP"}""" + "\n" + """{"return": {}, "id": 2}""");
        await command;
        Assert.Equal("STOP", Assert.Single(events).Name);
    }

    [Fact]
    public async Task Every_waiting_command_fails_when_qemu_dies()
    {
        var first = connection.ExecuteAsync("a", default);
        var second = connection.ExecuteAsync("b", default);
        ends[1].Shutdown(SocketShutdown.Both);
        await Assert.ThrowsAsync<QubeException>(() => first);
        await Assert.ThrowsAsync<QubeException>(() => second);
        await connection.Closed;
        Assert.Null(connection.Fault);
        await Assert.ThrowsAsync<QubeException>(() => connection.ExecuteAsync("c", default));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("""{"return": 1}""")]
    public async Task A_peer_that_breaks_the_protocol_is_dropped(string line)
    {
        var command = connection.ExecuteAsync("a", default);
        await SayAsync(line);
        await Assert.ThrowsAsync<QubeException>(() => command);
        await connection.Closed;
        Assert.NotNull(connection.Fault);
    }

    [Fact]
    public async Task Who_stops_waiting_does_not_disturb_later_commands()
    {
        using var giveUp = new CancellationTokenSource();
        var first = connection.ExecuteAsync("a", giveUp.Token);
        await HearAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = connection.ExecuteAsync("b", default);
        await SayAsync("""{"return": "late", "id": 2}""");
        await SayAsync("""{"return": "right", "id": 3}""");
        Assert.Equal("right", (await second).GetString());
    }

    private async Task SayAsync(string line) => await qemu.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    private async Task<(string? Command, long Id)> HearAsync()
    {
        var line = (await commands.ReadAsync(default))!.Value;
        using var document = JsonDocument.Parse(line);
        return (document.RootElement.GetProperty("execute").GetString(), document.RootElement.GetProperty("id").GetInt64());
    }
}
