using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Tests.Freshness;

/// <summary>What becomes of preloads whose template changed.</summary>
public sealed class ReplacementTests : PreloadTest
{
    [Theory]
    [InlineData("tmpl")]
    [InlineData("dvm")]
    public async Task With_auto_the_queue_never_empties_and_holds_one_more_at_most(string committed)
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        var old = await PreloadAsync(2);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        var lengths = new HashSet<int>();
        await Kernel.OnLoop(() => Kernel.Bus.Subscribe<FeatureSet>(e => lengths.Add(Kernel.QueueOf("dvm").Length)));

        await CommitAsync(committed);
        await Kernel.PassAsync(15);

        Assert.Empty(old.Intersect(await Kernel.QueueAsync()));
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        Assert.Equal(await Kernel.QueueAsync(), await Kernel.DisposablesAsync());
        Assert.Equal([2, 3], lengths.Order());
    }

    [Fact]
    public async Task With_auto_an_outdated_one_is_not_handed_out_while_its_replacement_starts()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        var old = await PreloadAsync(2);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        await CommitAsync("tmpl");
        await Kernel.PassAsync(2);
        Assert.Equal(3, (await Kernel.QueueAsync()).Length);

        var request = Kernel.AcquireAsync();
        await Kernel.FinishAsync(request, 10);

        Assert.DoesNotContain((await request).Name, old);
    }

    [Fact]
    public async Task Without_memory_for_a_replacement_beside_it_an_outdated_one_goes_first()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        await PreloadAsync(1);
        World.AvailableBytes = 0;

        await CommitAsync("tmpl");
        await Kernel.PassAsync(5);

        Assert.Empty(await Kernel.DisposablesAsync());
        Assert.Contains("memory", await Kernel.WhyNotFullAsync());
    }

    [Theory]
    [InlineData("dvm", "label", "red")]
    [InlineData("dvm", "shutdown_timeout", "61")]
    [InlineData("dvm", "qrexec_timeout", "61")]
    [InlineData("tmpl", "qrexec_timeout", "61")]
    public async Task One_of_which_only_the_host_sees_the_difference_is_handed_out_with_the_new_setting(string where, string property, string value)
    {
        var old = Assert.Single(await PreloadAsync(1));
        await WriteAsync(where, property, value);

        var got = await Kernel.AcquireAsync();

        Assert.Equal(old, got.Name);
        Assert.Equal(value, await Kernel.OnLoop(() => got.Properties.Read(property).Text));
    }

    [Fact]
    public async Task Else_it_is_replaced_after_thirty_seconds_without_the_queue_being_empty()
    {
        var old = Assert.Single(await PreloadAsync(1));
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        await WriteAsync("dvm", "label", "red");

        await Kernel.PassAsync(29);
        Assert.Equal([old], await Kernel.QueueAsync());
        await Kernel.PassAsync(2);
        Assert.Equal(2, (await Kernel.QueueAsync()).Length);
        await Kernel.PassAsync(4);

        Assert.NotEqual(old, Assert.Single(await Kernel.QueueAsync()));
    }

    [Fact]
    public async Task A_fresh_one_comes_before_it_and_it_comes_before_one_that_starts()
    {
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        var old = Assert.Single(await PreloadAsync(1));
        await Kernel.PassAsync(3);
        await WriteAsync("dvm", "label", "red");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "2");
        await Kernel.PassAsync(3);
        Assert.Equal(3, (await Kernel.QueueAsync()).Length);

        var got = new[] { (await Kernel.AcquireAsync()).Name, (await Kernel.AcquireAsync()).Name };

        Assert.NotEqual(old, got[0]);
        Assert.Equal(old, got[1]);
    }

    [Fact]
    public async Task What_reached_the_machine_is_never_handed_out_whatever_else_differs()
    {
        var old = Assert.Single(await PreloadAsync(1));
        await Kernel.OnLoop(() =>
        {
            Kernel.Qubes.Find("dvm").Properties.Write("label", "red");
            Kernel.Qubes.Find("dvm").Properties.Write("memory", "700");
        });

        Assert.NotEqual(old, (await Kernel.AcquireAsync()).Name);
    }

    [Fact]
    public async Task Lowering_the_maximum_meanwhile_is_obeyed_in_the_end()
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-delay", "auto");
        await PreloadAsync(3);
        World.Hypervisor.BootTime = TimeSpan.FromSeconds(3);
        await CommitAsync("tmpl");
        await Kernel.PassAsync(1);

        await Kernel.SetAsync("dvm", "preload-dispvm-max", "1");
        await Kernel.PassAsync(20);

        Assert.Single(await Kernel.QueueAsync());
        Assert.Single(await Kernel.DisposablesAsync());
    }

    private Task WriteAsync(string qube, string property, string value) => Kernel.OnLoop(() => Kernel.Qubes.Find(qube).Properties.Write(property, value));

    private async Task CommitAsync(string qube)
    {
        await Kernel.FinishAsync(Kernel.OnLoop(() => Kernel.Qubes.Find(qube).StartAsync(default)));
        await Kernel.OnLoop(() => Kernel.Qubes.Find(qube).KillAsync(default));
        await Kernel.SettleAsync();
    }
}
