using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Volumes;

public sealed class ImportTests : BenchTests, IAsyncLifetime
{
    private readonly AdminServer daemon;
    private readonly string target;
    private readonly string source;

    public ImportTests()
    {
        daemon = new AdminServer(Bench.Paths.InternalSocket);
        (target, source) = (Bench.Root + "/target.img", Bench.Root + "/source.img");
        foreach (var verdict in new[] { "ok", "fail\nthe data ended after 5 bytes; the volume has 6", "fail\nthere is more data than the 4 bytes the volume has" })
            daemon.Ok("internal.vm.volume.ImportEnd+root", "vm0", payload: verdict);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await daemon.DisposeAsync();
        await DisposeAsync();
    }

    private void Serve(string size, string payload)
    {
        using (var file = File.Create(target))
            file.SetLength(long.Parse(size));
        daemon.Ok("internal.vm.volume.ImportBegin+root", "vm0", $"{size} {target}", payload);
    }

    private string Verdict() => daemon.Requests.Last().Split('\0')[1];

    [Fact]
    public async Task A_files_bytes_become_the_volumes_and_holes_stay_holes()
    {
        var data = new byte[1 << 20];
        data[0] = 1;
        data[^1] = 2;
        File.WriteAllBytes(source, data);
        Serve("1048576", "1048576");
        var result = await Bench.RunAsync("qvm-volume", "import", "vm0:root", source);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(data, File.ReadAllBytes(target));
        Assert.Equal("ok", Verdict());
    }

    [Theory]
    [InlineData("--size", "5")]
    [InlineData("--no-resize")]
    public async Task Standard_input_is_imported_too(params string[] size)
    {
        Bench.Input = "hello";
        Serve("5", size.Length == 2 ? "5" : "");
        Assert.Equal(0, (await Bench.RunAsync("qvm-volume", ["import", "vm0:root", "-", .. size])).Code);
        Assert.Equal("hello", File.ReadAllText(target));
    }

    [Theory]
    [InlineData("6", "the data ended after 5 bytes; the volume has 6")]
    [InlineData("4", "there is more data than the 4 bytes the volume has")]
    public async Task Data_of_another_size_makes_the_daemon_drop_it(string size, string reason)
    {
        Bench.Input = "hello";
        Serve(size, size);
        var result = await Bench.RunAsync("qvm-volume", "import", "vm0:root", "-", "--size", size);
        Assert.Equal((1, $"qvm-volume: error: {reason}\n"), (result.Code, result.Error));
        Assert.Equal("fail\n" + reason, Verdict());
    }

    [Theory]
    [InlineData("5")]
    [InlineData("5 relative")]
    [InlineData("x /path")]
    [InlineData("-5 /path")]
    [InlineData("")]
    public async Task A_malformed_place_is_refused_and_the_import_ended(string answer)
    {
        Bench.Input = "hello";
        daemon.Ok("internal.vm.volume.ImportBegin+root", "vm0", answer, "5");
        var verdict = $"fail\nthis is not the place of an import: '{answer}'";
        daemon.Ok("internal.vm.volume.ImportEnd+root", "vm0", payload: verdict);
        var result = await Bench.RunAsync("qvm-volume", "import", "vm0:root", "-", "--size", "5");
        Assert.Equal(1, result.Code);
        Assert.Equal(verdict, Verdict());
    }

    [Fact]
    public async Task A_running_qube_is_the_daemons_refusal()
    {
        daemon.Refuse("internal.vm.volume.ImportBegin+root", "vm0", "QubesVMNotHaltedError", "Domain is not powered off: 'vm0'", "5");
        Bench.Input = "hello";
        var result = await Bench.RunAsync("qvm-volume", "import", "vm0:root", "-", "--size", "5");
        Assert.Equal((1, "qvm-volume: error: Domain is not powered off: 'vm0'\n"), (result.Code, result.Error));
        Assert.Single(daemon.Requests);
    }

    [Theory]
    [InlineData("--root-copy-from", true)]
    [InlineData("--root-move-from", false)]
    public async Task A_new_qubes_root_volume_is_filled_from_a_file(string option, bool stays)
    {
        File.WriteAllText(source, "hello");
        Serve("5", "5");
        Server.Ok("admin.label.List+", "dom0", "red\n");
        Server.Ok("admin.vm.Create.StandaloneVM+", "dom0", payload: "name=vm0 label=red");
        var result = await Bench.RunAsync("qvm-create", "vm0", "-l", "red", "--standalone", option, source);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(("hello", stays), (File.ReadAllText(target), File.Exists(source)));
    }

    [Fact]
    public async Task A_new_qube_that_cannot_be_filled_is_removed()
    {
        File.WriteAllText(source, "hello");
        daemon.Refuse("internal.vm.volume.ImportBegin+root", "vm0", "StoragePoolException", "no space", "5");
        Server.Ok("admin.label.List+", "dom0", "red\n").Ok("admin.vm.Remove+", "vm0");
        Server.Ok("admin.vm.Create.TemplateVM+", "dom0", payload: "name=vm0 label=red");
        var result = await Bench.RunAsync("qvm-create", "vm0", "-l", "red", "-C", "TemplateVM", "-R", source);
        Assert.Equal((1, "qvm-create: error: no space\n"), (result.Code, result.Error));
        Assert.Equal("admin.vm.Remove+ dom0 name vm0\0", Server.Requests.Last());
        Assert.True(File.Exists(source));
    }
}
