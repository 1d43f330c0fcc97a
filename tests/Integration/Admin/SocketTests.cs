using System.Text.Json;
using Qubes.Integration.Tests.Harness;

namespace Qubes.Integration.Tests.Admin;

/// <summary>The daemon's three sockets, each with its own methods.</summary>
public sealed class SocketTests(SimulatedDaemon host) : IClassFixture<SimulatedDaemon>, IAsyncLifetime
{
    private readonly Testbed.Daemon daemon = host.Daemon;

    public async Task InitializeAsync() => _ = (await daemon.CallAsync("admin.vm.Create.TemplateVM", payload: "name=tmpl label=black")).Ok;

    public Task DisposeAsync() => host.ClearAsync();

    [Theory]
    [InlineData("qubesd", "admin.vmclass.List")]
    [InlineData("qubesd.internal", "internal.GetSystemInfo")]
    [InlineData("qubesd.misc", "qubes.NotifyTools")]
    public async Task Each_socket_knows_its_methods_and_no_others(string socket, string method)
    {
        foreach (string other in new[] { "qubesd", "qubesd.internal", "qubesd.misc" })
        {
            AdminReply reply = await daemon.CallOnAsync(other, method);
            Assert.Equal(other != socket, reply.Text.Contains("no such method", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("qubesd")]
    [InlineData("qubesd.internal")]
    [InlineData("qubesd.misc")]
    public void No_socket_can_be_opened_by_everybody(string socket) => Assert.Equal(
        UnixFileMode.None, File.GetUnixFileMode($"{daemon.Root}/run/{socket}.sock") & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));

    [Fact]
    public async Task System_info_follows_what_happens_at_once()
    {
        Assert.Equal("Halted", (await InfoAsync("tmpl")).GetProperty("power_state").GetString());
        _ = (await daemon.CallAsync("admin.vm.Start", "tmpl")).Ok;
        Assert.Equal("Running", (await InfoAsync("tmpl")).GetProperty("power_state").GetString());
        _ = (await daemon.CallAsync("admin.vm.Pause", "tmpl")).Ok;
        Assert.Equal("Paused", (await InfoAsync("tmpl")).GetProperty("power_state").GetString());
        _ = (await daemon.CallAsync("admin.vm.Unpause", "tmpl")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Kill", "tmpl")).Ok;
        Assert.Equal("Halted", (await InfoAsync("tmpl")).GetProperty("power_state").GetString());

        _ = (await daemon.CallAsync("admin.vm.property.Set+label", "tmpl", "blue")).Ok;
        _ = (await daemon.CallAsync("admin.vm.tag.Set+new", "tmpl")).Ok;
        _ = (await daemon.CallAsync("admin.vm.feature.Set+internal", "tmpl", "1")).Ok;
        JsonElement info = await InfoAsync("tmpl");
        Assert.Equal(
            ("0x3465a4", "templatevm-blue", "1", "TemplateVM"),
            (info.GetProperty("label").GetString(), info.GetProperty("icon").GetString(), info.GetProperty("internal").GetString(),
                info.GetProperty("type").GetString()));
        Assert.Contains("new", info.GetProperty("tags").EnumerateArray().Select(t => t.GetString()));
    }

    [Fact]
    public async Task What_a_template_says_of_its_updates_is_kept()
    {
        _ = (await daemon.CallOnAsync("qubesd.misc", "qubes.NotifyUpdates", payload: "2", source: "tmpl")).Ok;
        Assert.Equal("1", (await daemon.CallAsync("admin.vm.feature.Get+updates-available", "tmpl")).Ok);
    }

    [Fact]
    public async Task Requests_of_any_bytes_are_answered_on_the_other_sockets_too()
    {
        var random = new Random(20_260_818);
        foreach (string socket in new[] { "qubesd.internal", "qubesd.misc" })
        {
            for (int i = 0; i < 500; i++)
            {
                string method = socket == "qubesd.misc" ? "qubes.NotifyUpdates" : "internal.vm.volume.ImportBegin+root";
                byte[] request = System.Text.Encoding.Latin1.GetBytes($"{method} tmpl name dom0\0{random.Next()}");
                request[random.Next(request.Length)] = (byte)random.Next(256);
                AdminReply reply = await daemon.SendAsync(request, socket);
                Assert.True(reply.IsWellFormed, reply.ToString());
            }
        }
        _ = await InfoAsync("tmpl");
    }

    private async Task<JsonElement> InfoAsync(string qube) => JsonDocument
        .Parse((await daemon.CallOnAsync("qubesd.internal", "internal.GetSystemInfo")).Ok).RootElement.GetProperty("domains").GetProperty(qube);
}
