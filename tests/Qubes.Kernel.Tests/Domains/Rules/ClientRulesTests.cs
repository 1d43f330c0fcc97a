using NSubstitute;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Domains.Rules;

/// <summary>What one qube is to others: its GUI, its creator, its template, the clock.</summary>
public sealed class ClientRulesTests : RulesFixture
{
    [Fact]
    public Task The_guivm_shows_as_a_tag() => Kernel.OnLoop(async () =>
    {
        await CreateAsync(QubeClass.AppVM, "gui");
        Assert.Contains("guivm-dom0", Work.Tags);

        Write("work", "guivm", "gui");
        Assert.Contains("guivm-gui", Work.Tags);
        Assert.DoesNotContain("guivm-dom0", Work.Tags);
        Assert.Contains("work/property-reset:keyboard_layout", Kernel.Events);

        Write("work", "guivm", "");
        Assert.DoesNotContain(Work.Tags, t => t.StartsWith("guivm-", StringComparison.Ordinal));
        Work.Properties.Reset("guivm");
        Assert.Contains("guivm-dom0", Work.Tags);
    });

    [Fact]
    public Task The_systems_guivm_is_passed_on_to_those_at_default() => Kernel.OnLoop(async () =>
    {
        await CreateAsync(QubeClass.AppVM, "gui");
        Write("dvm", "guivm", "dom0");
        Kernel.Events.Clear();
        Qubes.System.Write("default_guivm", "gui");

        Assert.Contains("work/property-set:guivm", Kernel.Events);
        Assert.DoesNotContain("dvm/property-set:guivm", Kernel.Events);
        Assert.Contains("guivm-gui", Work.Tags);
        Assert.True(Work.Properties.IsDefault("guivm"));
    });

    [Fact]
    public Task The_keyboard_of_the_guivm_is_everybodys() => Kernel.OnLoop(async () =>
    {
        await CreateAsync(QubeClass.AppVM, "gui");
        Write("work", "guivm", "gui");
        Kernel.Events.Clear();
        Write("gui", "keyboard_layout", "de+neo+");

        Assert.Equal("de+neo+", Work.Properties.Read("keyboard_layout").Text);
        Assert.Contains("work/property-reset:keyboard_layout", Kernel.Events);
        Assert.Throws<PropertyValueException>(() => Write("gui", "keyboard_layout", "de"));
    });

    [Fact]
    public Task A_guivm_stays_while_clients_run() => Kernel.OnLoop(async () =>
    {
        var gui = await CreateAsync(QubeClass.AppVM, "gui");
        Write("work", "guivm", "gui");
        await gui.StartAsync(default);
        await Work.StartAsync(default);

        var refusal = await Assert.ThrowsAsync<QubeException>(() => gui.ShutdownAsync(force: false, wait: true, default));
        Assert.Equal("QubesVMError", refusal.WireName);
    });

    [Theory]
    [InlineData("audiovm", false, false)]
    [InlineData("audiovm", true, true)]
    [InlineData("guivm", false, true)]
    public Task S13_3_16_an_audiovm_does_not_stay_for_preloads_alone_and_a_guivm_does(string role, bool hasOther, bool isRefused) =>
        Kernel.OnLoop(async () =>
        {
            var server = await CreateAsync(QubeClass.AppVM, "server");
            var preloads = Substitute.For<IPreloads>();
            preloads.IsNobodys(Arg.Any<IQube>()).Returns(call => call.Arg<IQube>().Class == QubeClass.DispVM);
            Kernel.World.Add(preloads);
            await server.StartAsync(default);
            var disposable = await Kernel.Disposables.PrepareAsync(Qubes.Find("dvm"), _ => { }, default);
            disposable.Properties.Write(role, "server");
            await disposable.StartAsync(default);
            Write("work", role, "server");
            if (hasOther)
                await Work.StartAsync(default);

            var error = await Record.ExceptionAsync(() => server.ShutdownAsync(force: false, wait: false, default));

            Assert.Equal(isRefused, error is QubesException);
        });

    [Fact]
    public Task A_creator_decides_tags_and_guivm_of_what_it_creates() => Kernel.OnLoop(async () =>
    {
        Work.Features.Set("tag-created-vm-with", "blue team");
        Work.Features.Set("set-created-guivm", "dvm");
        var made = await Qubes.CreateAsync(new(QubeClass.AppVM, "made", "red") { CreatedBy = Work }, default);

        Assert.Equal(["audiovm-dom0", "blue", "created-by-work", "guivm-dvm", "team"], made.Tags);
        Assert.Equal("dvm", made.Properties.Read("guivm").Text);
    });

    [Fact]
    public Task The_clock_moves_its_service() => Kernel.OnLoop(() =>
    {
        Qubes.System.Write("clockvm", "work");
        Assert.Equal("1", Work.Features["service.clocksync"]);

        Qubes.System.Write("clockvm", "dvm");
        Assert.DoesNotContain("service.clocksync", Work.Features.Keys);
        Assert.Equal("1", Of("dvm").Features["service.clocksync"]);
    });

    [Fact]
    public Task A_boot_mode_counts_while_it_is_defined() => Kernel.OnLoop(() =>
    {
        Work.Features.Set("boot-mode.active", "rescue");
        Assert.Equal("default", Work.Properties.Read("bootmode").Text);

        Of("tmpl").Features.Set("boot-mode.kernelopts.rescue", "single");
        Assert.Equal("rescue", Work.Properties.Read("bootmode").Text);

        Of("tmpl").Properties.Write("appvm_default_bootmode", "rescue");
        Assert.Equal("rescue", Of("dvm").Properties.Read("bootmode").Text);
        Assert.Contains("dvm/property-reset:bootmode", Kernel.Events);
    });

    [Theory]
    [InlineData("", "")]
    [InlineData("u03****b******u03****", "b******u03****")]
    public Task Denied_devices_are_kept_in_order_and_once(string codes, string kept) => Kernel.OnLoop(() =>
    {
        Write("work", "devices_denied", codes);

        Assert.Equal(kept, Work.Properties.Read("devices_denied").Text);
    });

    [Theory]
    [InlineData("u03")]
    [InlineData("x03****")]
    [InlineData("u03***G")]
    public Task A_malformed_code_is_refused(string codes) => Kernel.OnLoop(() =>
    {
        Assert.Throws<PropertyValueException>(() => Write("work", "devices_denied", codes));
    });

    [Fact]
    public Task A_template_changes_only_while_none_of_its_disposables_runs() => Kernel.OnLoop(async () =>
    {
        await CreateAsync(QubeClass.TemplateVM, "other");
        var disposable = await Kernel.Disposables.AcquireAsync(new(Of("dvm"), Work), default);
        await disposable.StartAsync(default);

        Assert.Throws<QubeInUseException>(() => Write("dvm", "template", "other"));
        await disposable.KillAsync(default);
        Write("dvm", "template", "other");
        Assert.Equal("other:root", Of("dvm").Volumes[0].Source!.ToString());
    });
}
