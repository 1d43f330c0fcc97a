using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Tests.Scenarios;

/// <summary>Spec: preloaded disposables, sections 13.2 and 13.3, as far as no other test has it (SCENARIOS.md).</summary>
public sealed class TemplateScenarios : PreloadTest
{
    [Fact]
    public async Task S13_2_04_a_queue_holds_disposables_of_its_template_each_once_and_no_more_than_the_maximum()
    {
        var name = Assert.Single(await PreloadAsync(1));
        var used = (await Kernel.AcquireAsync("dvm2")).Name;

        await RefusedAsync("may have 1", $"{name} {used}");
        await RefusedAsync("is no disposable of 'dvm'", used);
        await RefusedAsync("is no disposable of 'dvm'", "nosuch");
        await Kernel.SetAsync("dvm", "preload-dispvm-max", "3");
        await RefusedAsync("queued twice", $"{name} {name}");
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.Set("preload-dispvm", string.Join(' ', Kernel.QueueOf("dvm").Reverse())));
        await Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.Set("preload-dispvm", ""));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    public async Task S13_2_05_there_is_vacancy_where_fewer_are_queued_than_wanted(string max, int expected)
    {
        World.AvailableBytes = 0;
        await Kernel.SetAsync("dvm", "preload-dispvm-max", max);

        Assert.Equal(expected, await Kernel.OnLoop(() => Kernel.Queue.VacancyOf(Kernel.Qubes.Find("dvm"))));
    }

    [Fact]
    public async Task S13_3_16_the_audiovm_of_a_preload_may_be_shut_down_and_that_of_a_used_one_not() => await ServerAsync(
        server => Kernel.Qubes.Find("dvm").Properties.Set(new PropertyKey<IQube>("audiovm"), server));

    [Fact]
    public async Task S13_3_18_the_netvm_of_a_preload_may_be_shut_down_and_that_of_a_used_one_not() => await ServerAsync(server =>
    {
        server.Properties.Set(QubeProperties.ProvidesNetwork, true);
        Kernel.Qubes.Find("dvm").Properties.Set(QubeProperties.Netvm, server);
    });

    private async Task ServerAsync(Action<IQube> use)
    {
        await Kernel.OnLoop(async () =>
        {
            var server = await Kernel.Qubes.CreateAsync(new(QubeClass.AppVM, "server", "red"), default);
            use(server);
            await server.StartAsync(default);
        });
        await PreloadAsync(2);
        await ShutDownAsync();
        await Kernel.OnLoop(() => Kernel.Qubes.Find("server").StartAsync(default));
        await Kernel.AcquireAsync();

        await Assert.ThrowsAsync<QubeInUseException>(ShutDownAsync);
    }

    private Task ShutDownAsync() => Kernel.FinishAsync(Kernel.OnLoop(() => Kernel.Qubes.Find("server").ShutdownAsync(force: false, wait: true, default)), 70);

    private async Task RefusedAsync(string because, string queue)
    {
        var refusal = await Assert.ThrowsAsync<InvalidValueException>(
            () => Kernel.OnLoop(() => Kernel.Qubes.Find("dvm").Features.Set("preload-dispvm", queue)));
        Assert.Contains(because, refusal.Message);
    }
}
