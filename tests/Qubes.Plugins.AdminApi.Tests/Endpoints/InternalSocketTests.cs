using System.Text.Json;
using NSubstitute;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Endpoints;

public sealed class InternalSocketTests
{
    [Fact]
    public async Task System_info_tells_of_every_qube_with_null_for_what_it_lacks()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d =>
        {
            d.Work.Properties
                .Declare("template_for_dispvms", PropertyType.Flag, "True").Declare("icon", PropertyType.Text, "appvm-red")
                .Declare("guivm", PropertyType.Qube, "dom0").Declare("label", PropertyType.Label, "red");
            d.Work.Properties.Objects["label"] = new Label(1, "red", "0xcc0000");
            d.Work.Tags.Add("b");
            d.Work.Tags.Add("a");
            d.Work.Features.Set("internal", "1");
        });
        Assert.Equal(
            """
            {"internal":"1","tags":["a","b"],"type":"AppVM","template_for_dispvms":true,"default_dispvm":null,"icon":"appvm-red",
            "label":"0xcc0000","guivm":"dom0","relayvm":null,"transport_rpc":null,"power_state":"Halted",
            "uuid":"00000001-0000-0000-ab00-000000000001"}
            """.ReplaceLineEndings(""),
            (await InfoAsync(daemon, "work")).GetRawText());
        JsonElement host = await InfoAsync(daemon, "dom0");
        Assert.Equal(("AdminVM", JsonValueKind.Null), (host.GetProperty("type").GetString(), host.GetProperty("icon").ValueKind));
        Assert.False(host.GetProperty("template_for_dispvms").GetBoolean());
    }

    [Fact]
    public async Task A_change_shows_in_system_info_after_its_event()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            d => d.Work.Properties.Declare("icon", PropertyType.Text, "old"));
        Assert.Equal("old", (await InfoAsync(daemon, "work")).GetProperty("icon").GetString());
        await daemon.OnLoopAsync(() => daemon.Work.Properties.Write("icon", "new"));
        Assert.Equal("old", (await InfoAsync(daemon, "work")).GetProperty("icon").GetString());
        await daemon.FireAsync(new PropertySet(daemon.Work, "memory", 1, 2));
        Assert.Equal("old", (await InfoAsync(daemon, "work")).GetProperty("icon").GetString());
        await daemon.FireAsync(new PropertyReset(daemon.Work, "icon"));
        Assert.Equal("new", (await InfoAsync(daemon, "work")).GetProperty("icon").GetString());
    }

    [Fact]
    public async Task A_power_state_is_never_stale()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        foreach (PowerState state in Enum.GetValues<PowerState>())
        {
            await daemon.OnLoopAsync(() => daemon.Work.PowerState = state);
            Assert.Equal(state.ToString(), (await InfoAsync(daemon, "work")).GetProperty("power_state").GetString());
        }
    }

    [Fact]
    public async Task An_import_begins_with_the_permission_of_the_public_method_and_tells_where_to_write()
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.Equal("0\01048576 /import", await CallAsync(daemon, "ImportBegin+private", ""));
        Assert.Equal("0\077 /import", await CallAsync(daemon, "ImportBegin+private", "77"));
        Assert.Equal(
            ["admin.vm.volume.Import", "admin.vm.volume.ImportWithSize"],
            daemon.Bus.Fired.OfType<AdminPermission>().Select(p => p.Method));
        await daemon.Volumes.Received().BeginImportAsync(daemon.Work.Volumes[1], 77, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task An_import_that_is_not_permitted_does_not_begin()
    {
        await using TestDaemon daemon = await StartAsync();
        daemon.Bus.Subscribe<AdminPermission>(_ => throw new Sdk.Errors.PermissionDeniedException("no"));
        Assert.Equal("2\0PermissionDenied\0\0no\0", await CallAsync(daemon, "ImportBegin+private", "77"));
        Assert.Empty(daemon.Volumes.ReceivedCalls());
    }

    [Fact]
    public async Task An_import_ends_well_or_with_the_reason_why_not()
    {
        await using TestDaemon daemon = await StartAsync();
        Volume volume = daemon.Work.Volumes[1];
        Assert.Equal("0\0", await CallAsync(daemon, "ImportEnd+private", "ok"));
        await daemon.Volumes.Received(1).EndImportAsync(volume, true, Arg.Any<CancellationToken>());
        Assert.Equal(
            "2\0QubesException\0\0The import failed and the old content stays: 90%% only__too short\0",
            await CallAsync(daemon, "ImportEnd+private", "fail\n90% only\n\ttoo short\n"));
        Assert.StartsWith("2\0QubesException\0", await CallAsync(daemon, "ImportEnd+private", "fail"), StringComparison.Ordinal);
        await daemon.Volumes.Received(2).EndImportAsync(volume, false, Arg.Any<CancellationToken>());
    }

    [Theory]
    [InlineData("ImportBegin+nosuch", "", "PermissionDenied")]
    [InlineData("ImportBegin+private", "-1", "ProtocolError")]
    [InlineData("ImportBegin+private", "77\n77", "ProtocolError")]
    [InlineData("ImportBegin+", "", "ProtocolError")]
    [InlineData("ImportEnd+nosuch", "ok", "PermissionDenied")]
    [InlineData("ImportEnd+private", "", "ProtocolError")]
    [InlineData("ImportEnd+private", "ok\n", "ProtocolError")]
    [InlineData("ImportEnd+private", "failed", "ProtocolError")]
    public async Task An_import_call_that_does_not_fit_is_refused(string call, string payload, string wireClass)
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.StartsWith($"2\0{wireClass}\0", await CallAsync(daemon, call, payload), StringComparison.Ordinal);
        Assert.Empty(daemon.Volumes.ReceivedCalls());
    }

    [Fact]
    public async Task Sleep_and_wake_are_acknowledged_and_other_names_unknown()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0", await daemon.SendAsync("internal.SuspendPre dom0 name dom0\0", daemon.InternalSocketPath));
        Assert.Equal("0\0", await daemon.SendAsync("internal.SuspendPost dom0 name dom0\0", daemon.InternalSocketPath));
        Assert.StartsWith(
            "2\0ProtocolError\0\0no such method",
            await daemon.SendAsync("admin.vm.List dom0 name dom0\0", daemon.InternalSocketPath), StringComparison.Ordinal);
    }

    private static Task<TestDaemon> StartAsync() => TestDaemon.StartAsync(d =>
    {
        TestVolumes.Add(d.Work);
        d.Volumes.BeginImportAsync(default!, default, default).ReturnsForAnyArgs("/import");
    });

    private static Task<string> CallAsync(TestDaemon daemon, string call, string payload) =>
        daemon.SendAsync($"internal.vm.volume.{call} dom0 name work\0{payload}", daemon.InternalSocketPath);

    private static async Task<JsonElement> InfoAsync(TestDaemon daemon, string qube)
    {
        string answer = await daemon.SendAsync("internal.GetSystemInfo dom0 name dom0\0", daemon.InternalSocketPath);
        return JsonDocument.Parse(answer[2..]).RootElement.GetProperty("domains").GetProperty(qube);
    }
}
