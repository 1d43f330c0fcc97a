using System.IO.Pipelines;
using System.Text;
using Qubes.Plugins.AdminApi.Endpoints;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Tests.Endpoints;

public sealed class QubeEndpointTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("admin.vm.feature.Set+f", "dom0", "value", "0\0")]
    [InlineData("admin.vm.feature.Get+absent", "work", "", "2\0QubesFeatureNotFoundError\0")]
    [InlineData("admin.vm.tag.Set+created-by-me", "work", "", "2\0PermissionDenied\0")]
    [InlineData("admin.vm.feature.Set+preload-dispvm", "work", "x", "2\0PermissionDenied\0")]
    [InlineData("admin.vm.List+", "absent", "", "2\0QubesVMNotFoundError\0")]
    [InlineData("admin.vm.List+", "no/name", "", "2\0QubesValueError\0")]
    [InlineData("admin.vm.List+", "work", "unexpected", "2\0ProtocolError\0")]
    [InlineData("admin.NoSuchMethod+", "dom0", "", "2\0ProtocolError\0")]
    [InlineData("internal.GetSystemInfo+", "dom0", "", "2\0ProtocolError\0")]
    public async Task A_qube_is_answered_as_at_the_socket(string call, string destination, string payload, string answer)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        string atSocket = await daemon.SendAsync($"{call} work name {destination}\0{payload}");
        string atEndpoint = await CallAsync(daemon, call, destination, payload);
        Assert.Equal(atSocket, atEndpoint);
        Assert.StartsWith(answer, atEndpoint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Permission_is_asked_for_the_calling_qube_and_a_refusal_is_its_answer()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("other"));
        Assert.Equal("0\0", await CallAsync(daemon, "admin.vm.feature.Set+f", "other", "value"));
        AdminPermission asked = Assert.Single(daemon.Bus.Fired.OfType<AdminPermission>());
        Assert.Equal(("work", "other", "f"), (asked.Caller.Name, asked.Destination.Name, asked.Argument));
        daemon.Bus.Subscribe<AdminPermission>(_ => throw new PermissionDeniedException("no"));
        Assert.Equal("2\0PermissionDenied\0\0no\0", await CallAsync(daemon, "admin.vm.Start+", "other"));
        Assert.Empty(((TestQube)daemon.Qubes.Single(q => q.Name == "other")).Done);
    }

    [Fact]
    public async Task A_qube_learns_of_others_only_where_a_plugin_names_them()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("other"));
        Assert.DoesNotContain("other", await CallAsync(daemon, "admin.vm.List+", "dom0"), StringComparison.Ordinal);
        daemon.Bus.Subscribe<AdminPermission>(p => p.ShowOnly(q => q.Name == "other"));
        string shown = await CallAsync(daemon, "admin.vm.List+", "dom0");
        Assert.StartsWith("0\0other class=AppVM", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("work", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_qube_that_is_gone_calls_nothing()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        IQube gone = daemon.Work;
        await daemon.OnLoopAsync(() => daemon.Qubes.RemoveAsync(gone, CancellationToken.None).GetAwaiter().GetResult());
        Assert.StartsWith("2\0QubesVMNotFoundError\0", await CallAsync(daemon, "admin.vm.List+", "dom0", source: gone), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0\0")]
    [InlineData(1, "")]
    public async Task A_request_is_as_long_as_at_the_socket_and_no_longer(int more, string answer)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        string payload = new('x', 65536 - "admin.vm.feature.Set+f work name work\0".Length + more);
        Assert.Equal(answer, await CallAsync(daemon, "admin.vm.feature.Set+f", "work", payload));
    }

    [Fact]
    public async Task A_listener_gets_the_events_it_may_have_until_it_leaves()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Bus.Subscribe<AdminPermission>(p => p.SendOnly(e => e is TagAdded { Tag: not "secret" }));
        var answer = new Pipe();
        using var leave = new CancellationTokenSource();
        var call = new AdminQubeCall("admin.Events", "", daemon.Work, "dom0", Stream.Null);
        Task serving = daemon.ForQubes.ServeAsync(call, answer.Writer.AsStream(), leave.Token);
        Stream events = answer.Reader.AsStream();
        Assert.Equal("1\0\0connection-established\0\0", await NextAsync(events));
        await daemon.FireAsync(new TagAdded(daemon.Work, "secret"));
        await daemon.FireAsync(new TagAdded(daemon.Work, "open"));
        Assert.Equal("1\0work\0domain-tag-add:open\0tag\0open\0\0", await NextAsync(events));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_listener_that_takes_nothing_is_dropped()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Bus.Subscribe<AdminPermission>(p => p.SendOnly(_ => true));
        var answer = new Pipe();
        var call = new AdminQubeCall("admin.Events", "", daemon.Work, "dom0", Stream.Null);
        Task serving = daemon.ForQubes.ServeAsync(call, answer.Writer.AsStream(), CancellationToken.None);
        Assert.NotNull(await NextAsync(answer.Reader.AsStream()));
        string tag = new('t', 10_000);
        await daemon.OnLoopAsync(() =>
        {
            for (int i = 0; i < 300; i++)
                daemon.Bus.Fire(new TagAdded(daemon.Work, tag));
        });
        await serving.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_daemon_that_stops_ends_what_qubes_listen_to()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Bus.Subscribe<AdminPermission>(p => p.SendOnly(_ => true));
        var answer = new Pipe();
        var call = new AdminQubeCall("admin.Events", "", daemon.Work, "dom0", Stream.Null);
        Task serving = daemon.ForQubes.ServeAsync(call, answer.Writer.AsStream(), CancellationToken.None);
        Assert.NotNull(await NextAsync(answer.Reader.AsStream()));
        await daemon.StopAsync().WaitAsync(Bound);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_method_goes_on_when_its_caller_has_gone()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var done = new TaskCompletionSource();
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        await daemon.OnLoopAsync(() => daemon.Extensions.Add(new Slow(started, release, done)));
        using var leave = new CancellationTokenSource();
        var call = new AdminQubeCall("admin.test.Slow", "", daemon.Work, "dom0", Stream.Null);
        Task serving = daemon.ForQubes.ServeAsync(call, new MemoryStream(), leave.Token);
        await started.Task.WaitAsync(Bound);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(Bound));
        release.SetResult();
        await done.Task.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_qube_that_does_not_finish_its_payload_has_a_time_for_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var call = new AdminQubeCall("admin.vm.List", "", daemon.Work, "dom0", new Pipe().Reader.AsStream());
        Task serving = daemon.ForQubes.ServeAsync(call, new MemoryStream(), CancellationToken.None);
        await daemon.Time.UntilWaitedForAsync(QubeEndpoint.Patience);
        daemon.Time.Advance(QubeEndpoint.Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.WaitAsync(Bound));
    }

    private static async Task<string> CallAsync(
        TestDaemon daemon, string call, string destination, string payload = "", IQube? source = null)
    {
        string[] parts = call.Split('+', 2);
        var answer = new MemoryStream();
        var request = new AdminQubeCall(
            parts[0], parts[1], source ?? daemon.Work, destination, new MemoryStream(Encoding.Latin1.GetBytes(payload)));
        await daemon.ForQubes.ServeAsync(request, answer, CancellationToken.None).WaitAsync(Bound);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static async Task<string> NextAsync(Stream events)
    {
        var buffer = new byte[4096];
        int count = await events.ReadAsync(buffer).AsTask().WaitAsync(Bound);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    private sealed class Slow(TaskCompletionSource started, TaskCompletionSource release, TaskCompletionSource done) : IAdminMethodProvider
    {
        public IEnumerable<AdminMethod> Methods =>
        [
            new AnsweringMethod(
                "admin.test.Slow", AdminDestination.AdminVm, Presence.Forbidden, Presence.Forbidden, async (_, cancel) =>
                {
                    started.SetResult();
                    await release.Task.WaitAsync(cancel);
                    done.SetResult();
                    return AdminAnswer.Empty;
                }),
        ];
    }
}
