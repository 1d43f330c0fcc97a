using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Tests.Endpoints;

public sealed class MiscSocketTests
{
    private const string Now = "1970-01-01 00:00:05";

    [Fact]
    public async Task A_template_says_whether_updates_wait_for_it()
    {
        await using TestDaemon daemon = await StartAsync();
        TestQube template = Named(daemon, "tmpl");
        Assert.Equal("0\0", await NotifyAsync(daemon, "tmpl", "3\n"));
        Assert.Equal(("1", Now), (template.Features["updates-available"], template.Features["last-updates-check"]));
        Assert.False(template.Features.ContainsKey("last-update"));
        Assert.Equal("0\0", await NotifyAsync(daemon, "tmpl", "0"));
        Assert.Equal(("", Now), (template.Features["updates-available"], template.Features["last-update"]));
    }

    [Theory]
    [InlineData("2", PowerState.Halted, true)]
    [InlineData("0", PowerState.Halted, false)]
    [InlineData("2", PowerState.Running, false)]
    public async Task A_qube_speaks_for_its_template_only_of_updates_and_only_while_that_cannot(
        string count, PowerState template, bool isHeard)
    {
        await using TestDaemon daemon = await StartAsync();
        Named(daemon, "tmpl").PowerState = template;
        Assert.Equal("0\0", await NotifyAsync(daemon, "work", count));
        Assert.Equal(isHeard, Named(daemon, "tmpl").Features.ContainsKey("updates-available"));
        Assert.Empty(daemon.Work.Features);
    }

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("1\n2")]
    public async Task What_is_no_count_is_refused(string payload)
    {
        await using TestDaemon daemon = await StartAsync();
        Assert.StartsWith("2\0ProtocolError\0", await NotifyAsync(daemon, "tmpl", payload), StringComparison.Ordinal);
        Assert.Empty(Named(daemon, "tmpl").Features);
    }

    [Theory]
    [InlineData("qubes.FeaturesRequest")]
    [InlineData("qubes.NotifyTools")]
    public async Task What_would_read_QubesDB_says_that_there_is_none(string method)
    {
        await using TestDaemon daemon = await StartAsync();
        string answer = await daemon.SendAsync($"{method} work name dom0\0", daemon.MiscSocketPath);
        Assert.StartsWith("2\0QubesNotImplementedError\0", answer, StringComparison.Ordinal);
        Assert.Contains("QubesDB", answer, StringComparison.Ordinal);
    }

    private static TestQube Named(TestDaemon daemon, string name) => (TestQube)daemon.Qubes.Single(q => q.Name == name);

    private static Task<string> NotifyAsync(TestDaemon daemon, string source, string payload) =>
        daemon.SendAsync($"qubes.NotifyUpdates {source} name dom0\0{payload}", daemon.MiscSocketPath);

    private static async Task<TestDaemon> StartAsync()
    {
        TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.Template = d.Qubes.Add("tmpl", QubeClass.TemplateVM));
        daemon.Time.Advance(TimeSpan.FromSeconds(5));
        return daemon;
    }
}
