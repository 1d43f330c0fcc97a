using System.Reflection;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Tests.Sockets;

public sealed class AnswerTests
{
    public static TheoryData<Type> Refusals => [.. typeof(QubesException).Assembly.GetExportedTypes()
        .Where(t => t.IsAssignableTo(typeof(QubesException)))];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Every_refusal_reaches_the_client_under_its_class_with_percent_signs_it_can_format(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var refusal = (QubesException)type.GetConstructor([typeof(string)])!.Invoke(["only 50% of it"]);
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.Trouble = refusal);
        string percent = refusal.WireName is "ProtocolError" or "PermissionDenied" ? "%" : "%%";
        Assert.Equal(
            $"2\0{refusal.WireName}\0\0only 50{percent} of it\0", await daemon.CallAsync("admin.vm.Start+", "work"));
    }

    [Fact]
    public async Task A_defect_is_answered_with_nothing()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            d => d.Work.Trouble = new InvalidOperationException("secret"));
        Assert.Equal("", await daemon.CallAsync("admin.vm.Start+", "work"));
        Assert.Equal("", await daemon.CallAsync("admin.vm.Pause+", "work"));
    }

    [Fact]
    public async Task A_method_that_cancels_itself_is_a_defect_like_any_other()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.Trouble = new OperationCanceledException());
        Assert.Equal("", await daemon.CallAsync("admin.vm.Start+", "work"));
        Assert.StartsWith("0\0", await daemon.CallAsync("admin.vm.List+"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_cannot_break_the_record()
    {
        byte[] record = AdminRecord.Refusal(new QubesException("a\0b"));
        Assert.Equal(4, record.Count(b => b == 0));
    }

    [Fact]
    public async Task Methods_of_other_plugins_come_and_cannot_take_a_core_name()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.StartsWith("2\0ProtocolError", await daemon.CallAsync("my.Method+"), StringComparison.Ordinal);
        await daemon.OnLoopAsync(() => daemon.Extensions.Add(new Provider("my.Method", "admin.label.List")));
        Assert.Equal("0\0mine", await daemon.CallAsync("my.Method+"));
        Assert.Equal("0\0red\nblue\n", await daemon.CallAsync("admin.label.List+"));
    }

    [Fact]
    public async Task A_daemon_that_stops_lets_go_of_its_clients_and_its_socket()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        using StreamClient listener = await daemon.ListenAsync();
        Assert.NotNull(await listener.NextAsync());
        await using TestDaemon other = await TestDaemon.StartAsync();
        using var silent = other.Connect();
        await other.StopAsync();
        Assert.Equal("", await TestDaemon.ReadToEndAsync(silent));
        Assert.False(File.Exists(other.SocketPath));
    }

    [Theory]
    [InlineData("qubesd.sock")]
    [InlineData("qubesd.internal.sock")]
    [InlineData("qubesd.misc.sock")]
    public async Task A_socket_that_another_daemon_has_stops_the_start_and_the_others_are_let_go(string taken)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        await daemon.StopAsync();
        string directory = Path.GetDirectoryName(daemon.SocketPath)!;
        using var other = Sdk.LocalSockets.LocalListener.Open($"{directory}/{taken}", backlog: 1);
        await Assert.ThrowsAsync<IOException>(daemon.StartAgainAsync);
        Assert.Equal([taken], Directory.GetFiles(directory).Select(f => Path.GetFileName(f)!));
    }

    private sealed class Provider(params string[] names) : IAdminMethodProvider
    {
        public IEnumerable<AdminMethod> Methods => names.Select(n => new AnsweringMethod(
            n, AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, (_, _) => ValueTask.FromResult<AdminAnswer>("mine")));
    }
}
