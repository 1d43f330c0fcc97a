using System.Text;
using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Admin;

public sealed class AdminClientTests : BenchTests
{
    private AdminClient Client => new(Bench.Paths);

    [Fact]
    public async Task A_call_sends_the_recorded_bytes()
    {
        Server.Ok("admin.vm.property.Set+memory", "work", payload: "500");
        Server.Ok("admin.vm.property.Set+netvm", "work");
        Assert.Equal("", await Client.CallAsync("admin.vm.property.Set", "work", "memory", "500"));
        Assert.Equal("", await Client.CallAsync("admin.vm.property.Set", "work", "netvm"));
        Assert.Equal(
            ["admin.vm.property.Set+memory dom0 name work\0" + "500", "admin.vm.property.Set+netvm dom0 name work\0"], Server.Requests);
    }

    [Fact]
    public async Task An_answer_larger_than_the_buffer_comes_whole()
    {
        var text = new string('x', 3_000_000);
        Server.Ok("admin.vm.List+", "dom0", text);
        Assert.Equal(text, await Client.CallSystemAsync("admin.vm.List"));
    }

    [Fact]
    public async Task A_connection_closed_without_a_byte_is_a_failure()
    {
        _ = Server;
        var e = await Assert.ThrowsAsync<MalformedAnswerException>(() => Client.CallSystemAsync("admin.nosuch"));
        Assert.Contains("no answer to admin.nosuch", e.Message);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public async Task A_name_that_would_change_the_header_is_refused_before_anything_is_sent(string name)
    {
        _ = Server;
        await Assert.ThrowsAsync<UsageException>(() => Client.CallAsync("admin.vm.Start", name));
        await Assert.ThrowsAsync<UsageException>(() => Client.CallAsync("admin.vm.property.Get", "vm", name));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void A_request_of_the_greatest_length_passes_and_one_byte_more_does_not()
    {
        var header = "admin.vm.notes.Set+ dom0 name vm\0".Length;
        Assert.Equal(65536, AdminRequest.Build("admin.vm.notes.Set", "", "vm", new byte[65536 - header]).Length);
        Assert.Throws<ToolException>(() => AdminRequest.Build("admin.vm.notes.Set", "", "vm", new byte[65537 - header]));
    }

    [Fact]
    public async Task A_stream_gives_its_events_and_then_its_exception()
    {
        Server.Answer(
            "admin.vm.Stats+ dom0 name vm0\0", "1\0\0connection-established\0\0" + "2\0QubesVMNotRunningError\0\0Domain is not running\0");
        var names = new List<string>();
        var e = await Assert.ThrowsAsync<AdminException>(async () =>
        {
            await foreach (var taken in Client.StreamAsync("admin.vm.Stats", "vm0"))
                names.Add(taken.Name);
        });
        Assert.Equal(["connection-established"], names);
        Assert.True(e.IsNotStarted);
    }

    [Fact]
    public async Task Cancelling_ends_a_call_that_gets_no_answer()
    {
        using var cancel = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        Server.Handle("admin.vm.Start+ dom0 name vm0\0", async _ =>
        {
            await cancel.CancelAsync();
            await never.Task;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.CallAsync("admin.vm.Start", "vm0", cancellation: cancel.Token));
        never.SetResult();
    }

    [Fact]
    public async Task Without_a_daemon_the_message_says_where_and_how_to_start_it()
    {
        var e = await Assert.ThrowsAsync<DaemonUnreachableException>(() => Client.CallSystemAsync("admin.vm.List"));
        Assert.Equal(
            $"cannot reach qubesd at {Bench.Root}/run/qubesd.sock: no such file; start it with: QUBES_ROOT={Bench.Root} qubesd", e.Message);
    }

    [Fact]
    public async Task A_socket_that_nobody_serves_is_told_apart()
    {
        Directory.CreateDirectory(Path.Combine(Bench.Root, "run"));
        using (var left = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
            left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Bench.Paths.AdminSocket));
        if (!File.Exists(Bench.Paths.AdminSocket))
            File.WriteAllText(Bench.Paths.AdminSocket, "");
        var e = await Assert.ThrowsAsync<DaemonUnreachableException>(() => Client.CallSystemAsync("admin.vm.List"));
        Assert.Contains("connection refused", e.Message);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_told()
    {
        var paths = new ToolPaths("/tmp/" + new string('x', 200), null);
        var e = await Assert.ThrowsAsync<DaemonUnreachableException>(() => new AdminClient(paths).CallSystemAsync("admin.vm.List"));
        Assert.Contains("too long", e.Message);
    }

    [Fact]
    public async Task Text_is_utf8_both_ways()
    {
        var bytes = Encoding.UTF8.GetBytes("Grüße");
        Server.Answer(
            "admin.vm.notes.Set+ dom0 name vm0\0" + Encoding.Latin1.GetString(bytes), "0\0" + Encoding.Latin1.GetString(bytes));
        Assert.Equal("Grüße", await Client.CallAsync("admin.vm.notes.Set", "vm0", payload: "Grüße"));
    }
}
