using System.Text;
using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Boot;

/// <summary>Spec: preloaded disposables, section 6 ("preload template") and section 11.</summary>
public sealed class BootPreloadTests : BenchTests
{
    private readonly List<string> list = ["dom0 class=AdminVM state=Running uuid=0"];

    public BootPreloadTests()
    {
        Server.Refuse("admin.vm.feature.Get+preload-dispvm-max", "dom0", "QubesFeatureNotFoundError", "Feature not set");
        Server.Ok("admin.property.Get+default_dispvm", "dom0", "default=False type=vm dvm");
    }

    [Theory]
    [InlineData("2", true)]
    [InlineData("010", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task A_template_is_preloaded_when_its_maximum_is_not_0(string? max, bool isPreloaded)
    {
        Template("dvm2", max);

        Assert.Equal((0, "", ""), await RunAsync());
        Assert.Equal(isPreloaded ? ["dvm2"] : [], Preloaded);
    }

    [Theory]
    [InlineData("1", "0", "dvm other")]
    [InlineData("1", null, "dvm other")]
    [InlineData("0", "2", "other")]
    [InlineData("", "2", "other")]
    [InlineData(null, "2", "dvm other")]
    [InlineData(null, "0", "other")]
    public async Task Of_the_default_template_the_hosts_maximum_counts_where_it_is_set(string? ofHost, string? ofDefault, string expected)
    {
        if (ofHost is not null)
            Server.Replace("admin.vm.feature.Get+preload-dispvm-max dom0 name dom0\0", "0\0" + ofHost);
        Template("dvm", ofDefault);
        Template("other", "1");

        Assert.Equal((0, "", ""), await RunAsync());
        Assert.Equal(expected.Split(' '), Preloaded.Order());
    }

    [Fact]
    public async Task Only_AppVMs_that_allow_disposables_count()
    {
        Template("plain", "1", allows: false);
        list.Add("alone class=StandaloneVM state=Halted uuid=1");
        list.Add("disp1 class=DispVM state=Halted uuid=2");

        Assert.Equal((0, "", ""), await RunAsync());
        Assert.Empty(Preloaded);
    }

    [Fact]
    public async Task One_that_goes_meanwhile_is_passed_over()
    {
        list.Add("gone class=AppVM state=Halted uuid=1");
        Server.Refuse("admin.vm.feature.Get+preload-dispvm-max", "gone", "QubesVMNotFoundError", "No such domain: 'gone'");
        Template("dvm", "1");

        Assert.Equal((0, "", ""), await RunAsync());
        Assert.Equal(["dvm"], Preloaded);
    }

    [Fact]
    public async Task All_are_asked_for_at_once_and_a_failure_waits_for_the_others()
    {
        var finish = new TaskCompletionSource();
        Template("a", "1", asks: false);
        Template("b", "1", asks: false);
        Template("c", "1", asks: false);
        Server.Refuse("admin.vm.CreateDisposable+preload", "a", "QubesValueError", "'a' cannot be preloaded:\nno service");
        Server.Handle("admin.vm.CreateDisposable+preload dom0 name b\0", async socket =>
        {
            await finish.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await socket.SendAsync(Encoding.Latin1.GetBytes("0\0"));
        });
        Server.Handle("admin.vm.CreateDisposable+preload dom0 name c\0", socket =>
        {
            // Only when this one is asked for does the one before it end.
            finish.SetResult();
            return socket.SendAsync(Encoding.Latin1.GetBytes("2\0QubesException\0\0no memory\0"));
        });

        var (code, output, error) = await RunAsync();

        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            ["preload-dispvm: error: a: 'a' cannot be preloaded:\\nno service", "preload-dispvm: error: c: no memory"],
            error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal(["a", "b", "c"], Preloaded.Order());
    }

    [Fact]
    public async Task Without_a_daemon_it_fails_in_one_line()
    {
        await using var bench = new ToolBench();

        var result = await bench.RunAsync("preload-dispvm");

        Assert.Equal(1, result.Code);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private IEnumerable<string> Preloaded => Server.Requests
        .Where(r => r.StartsWith("admin.vm.CreateDisposable+preload ", StringComparison.Ordinal)).Select(r => r.TrimEnd('\0').Split(' ')[^1]);

    private async Task<(int Code, string Output, string Error)> RunAsync()
    {
        Server.Ok("admin.vm.List+", "dom0", string.Concat(list.Select(l => l + "\n")));
        var result = await Bench.RunAsync("preload-dispvm");
        return (result.Code, result.Output, result.Error);
    }

    private void Template(string name, string? max, bool allows = true, bool asks = true)
    {
        list.Add($"{name} class=AppVM state=Halted uuid=1");
        if (max is null)
            Server.Refuse("admin.vm.feature.Get+preload-dispvm-max", name, "QubesFeatureNotFoundError", "Feature not set");
        else
            Server.Ok("admin.vm.feature.Get+preload-dispvm-max", name, max);
        Server.Ok("admin.vm.property.Get+template_for_dispvms", name, $"default=False type=bool {allows}");
        if (asks)
            Server.Ok("admin.vm.CreateDisposable+preload", name);
    }
}
