using System.Net.Sockets;
using System.Text;
using Qubes.Plugins.Preload.Metrics;
using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Preload.Tests.Metrics;

public sealed class MetricsServerTests : PreloadTest
{
    private string Path => Kernel.Part<QubesPaths>().MetricsSocket;

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private async Task<string> GetAsync(string request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    {
        var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return await ReadAsync(socket);
    }

    [Fact]
    public async Task Everything_that_is_counted_is_there()
    {
        await PreloadAsync(2);
        await Kernel.AcquireAsync();

        var (head, body) = await GetAsync() is var all && all.Split("\r\n\r\n") is [var first, var second] ? (first, second) : throw new InvalidDataException(all);

        Assert.StartsWith("HTTP/1.0 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n", head);
        Assert.Contains($"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n", head);
        var lines = body.Split('\n');
        foreach (var line in new[]
        {
            "# TYPE qubes_preload_target gauge", """qubes_preload_max{template="dvm"} 2""", """qubes_preload_target{template="dvm"} 2""",
            """qubes_preload_ready{template="dvm"} 1""", """qubes_preload_starting{template="dvm"} 0""", """qubes_preload_drained{template="dvm"} 0""",
            """qubes_preload_requests_total{template="dvm",result="served"} 1""", """qubes_preload_requests_total{template="dvm",result="missed"} 0""",
            """qubes_preload_starts_total{template="dvm",outcome="ready"} 2""", """qubes_preload_discards_total{template="dvm",reason="outdated"} 0""",
            "# TYPE qubes_preload_request_duration_seconds histogram",
            """qubes_preload_request_duration_seconds_bucket{template="dvm",result="served",le="0.001"} 1""",
            """qubes_preload_request_duration_seconds_bucket{template="dvm",result="served",le="+Inf"} 1""",
            """qubes_preload_request_duration_seconds_sum{template="dvm",result="served"} 0""",
            """qubes_preload_request_duration_seconds_count{template="dvm",result="served"} 1""",
        })
            Assert.Contains(line, lines);
        Assert.All(lines[..^1], line => Assert.Matches("^(# (HELP|TYPE) .+|[a-z_]+({[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [0-9.]+)$", line));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.0 404 Not Found\r\n")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.0 405 Method Not Allowed\r\n")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.0 400 Bad Request\r\n")]
    public async Task Other_requests_are_refused(string request, string answer) => Assert.StartsWith(answer, await GetAsync(request));

    [Fact]
    public void Only_the_daemons_user_and_group_may_connect() => Assert.Equal(
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
        File.GetUnixFileMode(Path) & (UnixFileMode)0x1ff);

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_is_nobodys_trouble()
    {
        using (var socket = await ConnectAsync())
            await socket.SendAsync("GET /met"u8.ToArray());
        Assert.StartsWith("HTTP/1.0 200", await GetAsync());
    }

    [Fact]
    public async Task A_client_that_dawdles_makes_room_for_others()
    {
        var slow = new List<Socket>();
        for (var i = 0; i < MetricsServer.MostClients; i++)
            slow.Add(await ConnectAsync());

        Assert.StartsWith("HTTP/1.0 200", await GetAsync());

        Assert.Equal("", await ReadAsync(slow[0]));
        slow.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_client_that_dawdles_alone_is_dropped_after_its_time()
    {
        var timers = World.Clock.WaitingTimers;
        var socket = await ConnectAsync();
        for (var i = 0; i < 1000 && World.Clock.WaitingTimers == timers; i++)
            await Kernel.SettleAsync();

        World.Clock.Advance(MetricsServer.Patience);

        Assert.Equal("", await ReadAsync(socket));
    }

    [Fact]
    public async Task When_the_plugin_ends_its_socket_goes()
    {
        await Kernel.StopPluginAsync();
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task A_socket_that_another_daemon_has_keeps_nothing_from_being_preloaded()
    {
        Kernel = await Kernel.CrashAsync();
        await PreloadAsync(1);
    }
}
