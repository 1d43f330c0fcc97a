using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class RemoteQubeTests
{
    [Theory]
    [InlineData("admin.vm.Start+", "", "QubesVMNotHaltedError")]
    [InlineData("admin.vm.Kill+", "", "QubesVMError")]
    [InlineData("admin.vm.Suspend+", "", "QubesVMError")]
    [InlineData("admin.vm.Shutdown+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Pause+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Unpause+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Resume+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.Console+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.notes.Get+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.notes.Set+", "x", "QubesNotImplementedError")]
    [InlineData("admin.vm.firewall.Get+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.firewall.Set+", "action=drop", "QubesNotImplementedError")]
    [InlineData("admin.vm.firewall.Reload+", "", "QubesNotImplementedError")]
    [InlineData("admin.vm.volume.Info+root", "", "PermissionDenied")]
    [InlineData("admin.vm.device.pci.Assign+dom0+1", "", "QubesException")]
    public async Task What_a_qube_elsewhere_does_not_have_is_refused_in_words(string call, string payload, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Qubes.Add("far", QubeClass.RemoteVM));
        Assert.StartsWith($"2\0{wireClass}\0\0", await daemon.CallAsync(call, "far", payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_state_is_told_without_measuring()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            d => d.Qubes.Add("far", QubeClass.RemoteVM).PowerState = PowerState.Running);
        Assert.Equal(
            "0\0mem=0 mem_static_max=0 cputime=0 power_state=Running", await daemon.CallAsync("admin.vm.CurrentState+", "far"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.volume.List+", "far"));
    }

    [Theory]
    [InlineData(PowerState.Halted, "QubesVMNotRunningError")]
    [InlineData(PowerState.Running, "QubesNotImplementedError")]
    public async Task No_machine_has_a_console(PowerState state, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.PowerState = state);
        Assert.StartsWith($"2\0{wireClass}\0\0", await daemon.CallAsync("admin.vm.Console+", "work"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Execute")]
    [InlineData("Cancel")]
    [InlineData("Info")]
    public async Task No_backup_profile_is_found(string method)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.StartsWith(
            "2\0QubesBackupProfileNotFoundError\0\0", await daemon.CallAsync($"admin.backup.{method}+daily"), StringComparison.Ordinal);
    }
}
