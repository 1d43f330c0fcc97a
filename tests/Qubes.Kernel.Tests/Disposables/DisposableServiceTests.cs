using Qubes.Kernel.Tests.Domains;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Disposables;

public sealed class DisposableServiceTests : IAsyncLifetime
{
    private TestKernel kernel = null!;

    public async Task InitializeAsync()
    {
        kernel = await TestKernel.StartAsync();
        await kernel.PopulateAsync();
    }

    public async Task DisposeAsync() => await kernel.DisposeAsync();

    [Fact]
    public async Task A_new_one_is_named_after_its_number_and_not_started()
    {
        var disposable = await kernel.AcquireAsync(by: "work");

        Assert.Equal($"disp{disposable.Dispid}", disposable.Name);
        Assert.Equal(PowerState.Halted, await kernel.OnLoop(() => disposable.PowerState));
        Assert.Equal(["audiovm-dom0", "created-by-work", "disp-created-by-work", "guivm-dom0"], disposable.Tags);
    }

    [Fact]
    public async Task It_takes_over_settings_of_its_template_but_not_its_preloads()
    {
        await kernel.OnLoop(() =>
        {
            var dvm = kernel.Qubes.Find("dvm");
            dvm.Properties.Write("memory", "333");
            dvm.Features.Set("kept", "1");
            dvm.Features.Set("preload-dispvm-max", "2");
            dvm.Tags.Add("colour");
        });

        var disposable = await kernel.AcquireAsync();

        Assert.Equal("333", disposable.Properties.Read("memory").Text);
        Assert.Equal("orange", disposable.Properties.Read("label").Text);
        Assert.Equal("1", disposable.Features["kept"]);
        Assert.False(disposable.Features.ContainsKey("preload-dispvm-max"));
        Assert.True(disposable.Tags.Contains("colour"));
        Assert.False(await kernel.OnLoop(() => disposable.Properties.Get(QubeProperties.IncludeInBackups)));
    }

    [Fact]
    public async Task When_it_stops_no_trace_stays()
    {
        var disposable = await kernel.AcquireAsync();
        await kernel.OnLoop(() => disposable.StartAsync(default));

        await kernel.OnLoop(() => disposable.KillAsync(default));

        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind(disposable.Name, out _)));
        Assert.DoesNotContain(kernel.World.Pools.Pools["varlibqubes"].Existing, vid => vid.Contains("disp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_cannot_start_is_removed()
    {
        kernel.Hypervisor.Creating = _ => throw new QubeException("no room");
        var disposable = await kernel.AcquireAsync();

        await Assert.ThrowsAsync<QubeException>(() => kernel.OnLoop(() => disposable.StartAsync(default)));

        Assert.False(await kernel.OnLoop(() => kernel.Qubes.TryFind(disposable.Name, out _)));
    }

    [Fact]
    public async Task A_template_that_is_none_is_refused() =>
        await Assert.ThrowsAsync<QubesException>(() => kernel.AcquireAsync("work"));

    [Fact]
    public async Task The_first_source_that_has_one_serves_it()
    {
        var ready = await kernel.AcquireAsync();
        kernel.World.Add(new Source(() => null));
        kernel.World.Add(new Source(() => ready));
        kernel.World.Add(new Source(() => throw new InvalidOperationException("never asked")));

        Assert.Same(ready, await kernel.AcquireAsync());
    }

    [Fact]
    public async Task A_source_that_fails_costs_nobody_a_disposable()
    {
        kernel.World.Add(new Source(() => throw new InvalidOperationException("broken")));

        Assert.NotNull(await kernel.AcquireAsync());
    }

    [Fact]
    public async Task A_number_rests_for_seven_days()
    {
        var seen = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            var disposable = await kernel.AcquireAsync();
            Assert.True(seen.Add(disposable.Dispid));
            await kernel.OnLoop(() => kernel.Qubes.RemoveAsync(disposable, default));
        }
    }

    private sealed class Source(Func<IQube?> answer) : IDisposableSource
    {
        public Task<IQube?> TryAcquireAsync(DisposableRequest request, CancellationToken cancel) => Task.FromResult(answer());
    }
}
