using NSubstitute;
using Qubes.Plugins.AdminApi.Tests.Kernel;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class MethodTests
{
    [Theory]
    [InlineData("admin.vm.Start+", "start")]
    [InlineData("admin.vm.Shutdown+", "shutdown force=False wait=False")]
    [InlineData("admin.vm.Shutdown+force", "shutdown force=True wait=False")]
    [InlineData("admin.vm.Shutdown+wait+force", "shutdown force=True wait=True")]
    [InlineData("admin.vm.Kill+", "kill")]
    [InlineData("admin.vm.Pause+", "pause")]
    [InlineData("admin.vm.Unpause+", "unpause")]
    [InlineData("admin.vm.Suspend+", "pause")]
    [InlineData("admin.vm.Resume+", "unpause")]
    public async Task A_lifecycle_call_does_what_it_says(string call, string done)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.PowerState = PowerState.Running);
        Assert.Equal("0\0", await daemon.CallAsync(call, "work"));
        Assert.Equal(done, Assert.Single(daemon.Work.Done));
    }

    [Theory]
    [InlineData("admin.vm.Start+", "dom0", "", "QubesVMNotHaltedError")]
    [InlineData("admin.vm.Shutdown+", "dom0", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Pause+", "dom0", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Unpause+", "dom0", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Resume+", "dom0", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Kill+", "dom0", "", "QubesVMError")]
    [InlineData("admin.vm.Suspend+", "dom0", "", "QubesVMError")]
    [InlineData("admin.vm.Remove+", "dom0", "", "QubesVMInUseError")]
    [InlineData("admin.vm.Kill+", "work", "", "QubesVMNotStartedError")]
    [InlineData("admin.vm.Shutdown+quickly", "work", "", "ProtocolError")]
    [InlineData("admin.vm.Shutdown+force+", "work", "", "ProtocolError")]
    [InlineData("admin.vm.property.Get+nosuch", "work", "", "QubesNoSuchPropertyError")]
    [InlineData("admin.vm.property.GetDefault+nosuch", "work", "", "QubesNoSuchPropertyError")]
    [InlineData("admin.vm.property.Set+nosuch", "work", "1", "QubesNoSuchPropertyError")]
    [InlineData("admin.vm.property.Set+memory", "work", "zero", "QubesValueError")]
    [InlineData("admin.vm.property.Set+kernelopts", "work", "caf\u00e9", "QubesValueError")]
    [InlineData("admin.vm.property.Set+kernelopts", "work", "a\nb", "QubesValueError")]
    [InlineData("admin.vm.property.Set+kernelopts", "work", "a\u007f", "QubesValueError")]
    [InlineData("admin.vm.property.Set+netvm", "work", "none", "QubesValueError")]
    [InlineData("admin.vm.property.Set+netvm", "work", "default", "QubesValueError")]
    [InlineData("admin.vm.property.Set+netvm", "work", "-x", "QubesValueError")]
    [InlineData("admin.vm.property.Reset+nosuch", "work", "", "QubesNoSuchPropertyError")]
    [InlineData("admin.vm.property.Help+nosuch", "work", "", "QubesNoSuchPropertyError")]
    [InlineData("admin.vm.feature.Get+none", "work", "", "QubesFeatureNotFoundError")]
    [InlineData("admin.vm.feature.CheckWithTemplate+none", "work", "", "QubesFeatureNotFoundError")]
    [InlineData("admin.vm.feature.CheckWithNetvm+none", "work", "", "QubesFeatureNotFoundError")]
    [InlineData("admin.vm.feature.CheckWithTemplateAndAdminVM+none", "work", "", "QubesFeatureNotFoundError")]
    [InlineData("admin.vm.feature.Remove+none", "work", "", "QubesFeatureNotFoundError")]
    [InlineData("admin.vm.feature.Set+a/b", "work", "x", "ProtocolError")]
    [InlineData("admin.vm.feature.Set+a", "work", "a\nb", "ProtocolError")]
    [InlineData("admin.vm.feature.Set+preload-dispvm", "work", "x", "PermissionDenied")]
    [InlineData("admin.vm.feature.Set+preload-dispvm-completed", "work", "x", "PermissionDenied")]
    [InlineData("admin.vm.feature.Set+preload-dispvm-demand", "work", "x", "PermissionDenied")]
    [InlineData("admin.vm.feature.Remove+preload-dispvm-in-progress", "work", "", "PermissionDenied")]
    [InlineData("admin.vm.feature.Remove+deferred-netvm-original", "work", "", "PermissionDenied")]
    [InlineData("admin.vm.tag.Get+a.b", "work", "", "QubesInvalidTagError")]
    [InlineData("admin.vm.tag.Remove+none", "work", "", "QubesTagNotFoundError")]
    [InlineData("admin.label.Get+pink", "dom0", "", "QubesLabelNotFoundError")]
    [InlineData("admin.label.Index+a/b", "dom0", "", "QubesInvalidLabelError")]
    [InlineData("admin.vm.volume.Info+nosuch", "work", "", "PermissionDenied")]
    [InlineData("admin.pool.Info+nosuch", "dom0", "", "PermissionDenied")]
    public async Task A_call_that_cannot_be_is_refused_under_the_specified_class(
        string call, string destination, string payload, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(Declare);
        string answer = await daemon.CallAsync(call, destination, payload);
        Assert.StartsWith($"2\0{wireClass}\0\0", answer, StringComparison.Ordinal);
        Assert.Empty(daemon.Work.Done);
    }

    [Fact]
    public async Task Qubes_are_listed_with_the_host_first_and_the_others_by_name()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("Alpha").PowerState = PowerState.Paused);
        Assert.Equal(
            "0\0dom0 class=AdminVM state=Running uuid=00000000-0000-0000-0000-000000000000\n"
            + "Alpha class=AppVM state=Paused uuid=00000002-0000-0000-ab00-000000000001\n"
            + "work class=AppVM state=Halted uuid=00000001-0000-0000-ab00-000000000001\n",
            await daemon.CallAsync("admin.vm.List+"));
        string one = await daemon.CallAsync("admin.vm.List+", "work");
        Assert.Equal("0\0work class=AppVM state=Halted uuid=00000001-0000-0000-ab00-000000000001\n", one);
    }

    [Fact]
    public async Task A_caller_other_than_the_host_is_not_told_of_all_qubes()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("secret"));
        Assert.DoesNotContain("secret", await daemon.SendAsync("admin.vm.List+ work name dom0\0"), StringComparison.Ordinal);
        Assert.StartsWith(
            "2\0PermissionDenied\0", await daemon.SendAsync("admin.Events+ work name dom0\0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classes_and_device_classes_are_listed()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal(
            "0\0AdminVM\nAppVM\nDispVM\nRemoteVM\nStandaloneVM\nTemplateVM\n", await daemon.CallAsync("admin.vmclass.List+"));
        Assert.Equal("0\0block\npci\n", await daemon.CallAsync("admin.deviceclass.List+"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.notes.Get+", "work"));
    }

    [Fact]
    public async Task The_current_state_tells_memory_in_KiB_and_time_in_nanoseconds()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(Declare);
        Assert.Equal(
            "0\0mem=0 mem_static_max=0 cputime=0 power_state=Halted", await daemon.CallAsync("admin.vm.CurrentState+", "work"));
        daemon.Work.Machine = MachineOf(300, TimeSpan.FromMilliseconds(2));
        daemon.Work.PowerState = PowerState.Running;
        Assert.Equal(
            "0\0mem=300 mem_static_max=409600 cputime=2000000 power_state=Running",
            await daemon.CallAsync("admin.vm.CurrentState+", "work"));
    }

    [Fact]
    public async Task What_a_qube_costs_the_host_is_told_as_far_as_it_is_known()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(Declare);
        Assert.Equal("0\0mem=0 most=0", await daemon.CallAsync("admin.vm.Memory+", "work"));
        IMachine machine = MachineOf(300, TimeSpan.Zero);
        daemon.Work.Machine = machine;
        Assert.Equal("0\0mem=300 most=0", await daemon.CallAsync("admin.vm.Memory+", "work"));
        machine.MostMemoryBytes.Returns(4096);
        machine.MeasureAsync(Arg.Any<CancellationToken>())
            .Returns(new MachineUsage(300, TimeSpan.Zero) { Host = new HostMemory(250, 200, 70) });
        Assert.Equal("0\0mem=300 most=4 pss=250 private=200 shared=70", await daemon.CallAsync("admin.vm.Memory+", "work"));
        Assert.StartsWith("2\0ProtocolError\0", await daemon.CallAsync("admin.vm.Memory+", "work", "x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Properties_are_read_set_and_reset()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(Declare);
        Assert.Equal("0\0memory\nmaxmem\nkernelopts\nnetvm\n", await daemon.CallAsync("admin.vm.property.List+", "work"));
        Assert.Equal("0\0default=True type=int 400", await daemon.CallAsync("admin.vm.property.Get+memory", "work"));
        Assert.Equal("0\0default=True type=vm ", await daemon.CallAsync("admin.vm.property.Get+netvm", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.property.Set+memory", "work", "500"));
        Assert.Equal("0\0default=False type=int 500", await daemon.CallAsync("admin.vm.property.Get+memory", "work"));
        Assert.Equal("0\0type=int 400", await daemon.CallAsync("admin.vm.property.GetDefault+memory", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.property.GetDefault+kernelopts", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.property.Reset+memory", "work"));
        Assert.Equal("0\0default=True type=int 400", await daemon.CallAsync("admin.vm.property.Get+memory", "work"));
        Assert.Equal("0\0What memory means.", await daemon.CallAsync("admin.vm.property.Help+memory", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.property.Set+netvm", "work"));
        Assert.Equal("0\0default=False type=vm ", await daemon.CallAsync("admin.vm.property.Get+netvm", "work"));
    }

    [Fact]
    public async Task All_properties_come_one_a_line_with_line_feeds_and_backslashes_escaped()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(Declare);
        daemon.Work.Properties.Write("kernelopts", "a\nb\\c");
        Assert.Equal(
            "0\0memory default=True type=int 400\nmaxmem default=True type=int 0\n"
            + "kernelopts default=False type=str a\\nb\\\\c\nnetvm default=True type=vm \n",
            await daemon.CallAsync("admin.vm.property.GetAll+", "work"));
    }

    [Fact]
    public async Task System_properties_answer_the_same_way()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            d => d.Qubes.System.Declare("stats_interval", PropertyType.Number, "3"));
        Assert.Equal("0\0stats_interval\n", await daemon.CallAsync("admin.property.List+"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.property.Set+stats_interval", "dom0", "5"));
        Assert.Equal("0\0default=False type=int 5", await daemon.CallAsync("admin.property.Get+stats_interval"));
        Assert.Equal("0\0stats_interval default=False type=int 5\n", await daemon.CallAsync("admin.property.GetAll+"));
        Assert.Equal("0\0type=int 3", await daemon.CallAsync("admin.property.GetDefault+stats_interval"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.property.Reset+stats_interval"));
        Assert.Equal("0\0What stats_interval means.", await daemon.CallAsync("admin.property.Help+stats_interval"));
    }

    [Fact]
    public async Task Features_are_read_along_the_template_and_the_host()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.Template = d.Qubes.Add("tmpl"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.feature.Set+color", "work", "mauve"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.feature.Set+empty", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.feature.Set+of-template", "tmpl", "t"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.feature.Set+of-host", "dom0", "h"));
        Assert.Equal("0\0color\nempty\n", await daemon.CallAsync("admin.vm.feature.List+", "work"));
        Assert.Equal("0\0mauve", await daemon.CallAsync("admin.vm.feature.Get+color", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.feature.Get+empty", "work"));
        Assert.Equal("0\0t", await daemon.CallAsync("admin.vm.feature.CheckWithTemplate+of-template", "work"));
        Assert.Equal("0\0h", await daemon.CallAsync("admin.vm.feature.CheckWithAdminVM+of-host", "work"));
        Assert.Equal("0\0t", await daemon.CallAsync("admin.vm.feature.CheckWithTemplateAndAdminVM+of-template", "work"));
        Assert.Equal("0\0h", await daemon.CallAsync("admin.vm.feature.CheckWithTemplateAndAdminVM+of-host", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.feature.Remove+color", "work"));
        Assert.Equal("0\0empty\n", await daemon.CallAsync("admin.vm.feature.List+", "work"));
    }

    [Fact]
    public async Task Tags_are_set_read_sorted_and_removed()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.tag.Set+b", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.tag.Set+created-by-dom0", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.tag.Set+a", "work"));
        Assert.Equal("0\0a\nb\ncreated-by-dom0\n", await daemon.CallAsync("admin.vm.tag.List+", "work"));
        Assert.Equal("0\01", await daemon.CallAsync("admin.vm.tag.Get+a", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.tag.Remove+a", "work"));
        Assert.Equal("0\00", await daemon.CallAsync("admin.vm.tag.Get+a", "work"));
        Assert.StartsWith(
            "2\0PermissionDenied\0", await daemon.SendAsync("admin.vm.tag.Set+created-by-me work name work\0"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_call_asks_for_permission_and_a_veto_stops_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        daemon.Bus.Subscribe<AdminPermission>(e =>
        {
            if (e.Method == "admin.vm.Start")
                throw new Sdk.Errors.PermissionDeniedException("100% no");
        });
        Assert.Equal("2\0PermissionDenied\0\0100% no\0", await daemon.CallAsync("admin.vm.Start+", "work"));
        Assert.Empty(daemon.Work.Done);
        Assert.Equal("0\0", await daemon.SendAsync("admin.vm.tag.Set+t work name dom0\0"));
        AdminPermission asked = daemon.Bus.Fired.OfType<AdminPermission>().Last();
        Assert.Equal(("work", "admin.vm.tag.Set", "dom0", "t"), (asked.Caller.Name, asked.Method, asked.Destination.Name, asked.Argument));
    }

    internal static IMachine MachineOf(long kiB, TimeSpan cpu)
    {
        var machine = Substitute.For<IMachine>();
        machine.MeasureAsync(Arg.Any<CancellationToken>()).Returns(new MachineUsage(kiB, cpu));
        return machine;
    }

    private static void Declare(TestDaemon daemon) => daemon.Work.Properties
        .Declare("memory", PropertyType.Number, "400")
        .Declare("maxmem", PropertyType.Number, "0")
        .Declare("kernelopts", PropertyType.Text, null)
        .Declare("netvm", PropertyType.Qube, "");
}
