using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Volumes;

public sealed class VolumeTests : BenchTests
{
    private const string Private =
        "pool=fast\nvid=appvms/vm0/private\nsize=2147483648\nusage=512\nrw=True\nsource=\npath=/x\nsave_on_stop=True\n"
        + "snap_on_start=False\nrevisions_to_keep=1\nephemeral=False\nis_outdated=False\n";

    public VolumeTests()
    {
        Server.Ok("admin.vm.volume.List+", "vm0", "private\n");
        Server.Ok("admin.vm.volume.Info+private", "vm0", Private);
        Server.Refuse("admin.vm.volume.Info+nosuch", "vm0", "PermissionDenied", "Argument not in 'vm0 volumes'");
    }

    private void Revisions(string answer) => Server.Ok("admin.vm.volume.ListSnapshots+private", "vm0", answer);

    [Fact]
    public async Task Info_shows_what_the_daemon_says_and_the_revisions()
    {
        Revisions("1-old\n2-new\n");
        var result = await Bench.RunAsync("qvm-volume", "info", "vm0:private");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith("pool               fast\nvid                appvms/vm0/private\nsize               2147483648\n", result.Output);
        Assert.EndsWith("List of available revisions (for revert):\n  1-old\n  2-new\n", result.Output);
    }

    [Theory]
    [InlineData("size", "2147483648\n")]
    [InlineData("source", "\n")]
    [InlineData("revisions", "1-old\n2-new\n")]
    public async Task Info_shows_one_property_alone(string property, string output)
    {
        Revisions("1-old\n2-new\n");
        Assert.Equal(output, (await Bench.RunAsync("qvm-volume", "i", "vm0:private", property)).Output);
    }

    [Fact]
    public async Task Without_revisions_info_says_so()
    {
        Revisions("");
        Assert.EndsWith("List of available revisions (for revert): none\n", (await Bench.RunAsync("qvm-volume", "info", "vm0:private")).Output);
    }

    [Theory]
    [InlineData("rw", "off", "False")]
    [InlineData("ephemeral", "True", "True")]
    [InlineData("revisions_to_keep", "-1", "-1")]
    [InlineData("revisions_to_keep", "03", "3")]
    public async Task A_property_is_set_in_the_form_the_daemon_accepts(string property, string value, string payload)
    {
        Server.Ok($"admin.vm.volume.Set.{property}+private", "vm0", payload: payload);
        foreach (var command in new[] { "config", "set", "c", "s" })
            Assert.Equal(0, (await Bench.RunAsync("qvm-volume", command, "vm0:private", property, value)).Code);
    }

    [Theory]
    [InlineData("resize", "4Gi", "4294967296")]
    [InlineData("extend", "2147483648", "2147483648")]
    public async Task A_volume_grows(string command, string size, string payload)
    {
        Server.Ok("admin.vm.volume.Resize+private", "vm0", payload: payload);
        Assert.Equal(0, (await Bench.RunAsync("qvm-volume", command, "vm0:private", size)).Code);
    }

    [Fact]
    public async Task A_volume_shrinks_only_by_force()
    {
        Server.Ok("admin.vm.volume.Resize+private", "vm0", payload: "1000");
        var result = await Bench.RunAsync("qvm-volume", "resize", "vm0:private", "1K");
        Assert.Equal(1, result.Code);
        Assert.Equal("qvm-volume: error: vm0:private has 2147483648 bytes; making it smaller (1000 bytes) can destroy data and needs --force\n", result.Error);
        Assert.DoesNotContain(Server.Requests, request => request.Contains("Resize"));
        Assert.Equal(0, (await Bench.RunAsync("qvm-volume", "resize", "-f", "vm0:private", "1K")).Code);
    }

    [Theory]
    [InlineData("2-new")]
    [InlineData("1-old", "1-old")]
    public async Task Revert_takes_the_latest_revision_unless_told_which(string payload, params string[] revision)
    {
        Revisions("1-old\n2-new\n");
        Server.Ok("admin.vm.volume.Revert+private", "vm0", payload: payload);
        Assert.Equal(0, (await Bench.RunAsync("qvm-volume", ["revert", "vm0:private", .. revision])).Code);
    }

    [Fact]
    public async Task Without_a_revision_there_is_nothing_to_revert_to()
    {
        Revisions("");
        var result = await Bench.RunAsync("qvm-volume", "rv", "vm0:private");
        Assert.Equal((1, "qvm-volume: error: vm0:private has no revisions\n"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("no such volume: 'vm0'; VMNAME:VOLUME is accepted, such as work:private", "info", "vm0")]
    [InlineData("no such volume: ':private'; VMNAME:VOLUME is accepted, such as work:private", "info", ":private")]
    [InlineData("qube 'vm0' has no volume 'nosuch'; it has: private", "info", "vm0:nosuch")]
    [InlineData("no such revision of vm0:private: '3'; one of: 1-old", "revert", "vm0:private", "3")]
    [InlineData("no such property: 'size'; one of: rw, revisions_to_keep, ephemeral", "config", "vm0:private", "size", "5")]
    [InlineData("'maybe': True or False is accepted", "config", "vm0:private", "rw", "maybe")]
    [InlineData("revisions_to_keep '-2': a number, -1 or more, is accepted", "config", "vm0:private", "revisions_to_keep", "-2")]
    [InlineData("a command is required; one of: list, info, config, resize, revert, import")]
    [InlineData("--size and --no-resize exclude each other", "import", "vm0:private", "-", "--size", "5", "--no-resize")]
    [InlineData("the size of standard input is not known: --size or --no-resize is required", "import", "vm0:private", "-")]
    public async Task Wrong_command_lines_are_refused(string reason, params string[] arguments)
    {
        Revisions("1-old\n");
        var result = await Bench.RunAsync("qvm-volume", arguments);
        Assert.Equal((2, "", $"qvm-volume: error: {reason}\n"), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task A_denial_that_is_about_no_name_stays_a_denial()
    {
        Server.Refuse("admin.vm.volume.Resize+private", "vm0", "PermissionDenied", "Access denied", "4294967296");
        var result = await Bench.RunAsync("qvm-volume", "resize", "vm0:private", "4Gi");
        Assert.Equal((1, "qvm-volume: error: Access denied\n"), (result.Code, result.Error));
    }
}
