using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class DeviceTests
{
    [Theory]
    [InlineData("pci")]
    [InlineData("block")]
    public async Task A_host_without_devices_lists_none(string deviceClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        foreach (string list in new[] { "Available", "Assigned", "Attached", "Available+x", "Assigned+dom0+00_02.0" })
            Assert.Equal("0\0", await daemon.CallAsync($"admin.vm.device.{deviceClass}.{list}", "work"));
    }

    [Theory]
    [InlineData("Assign+dom0+1", "", PowerState.Halted, "DeviceNotFound")]
    [InlineData("Assign+", "", PowerState.Halted, "ProtocolError")]
    [InlineData("Attach+dom0+1", "", PowerState.Halted, "QubesVMNotRunningError")]
    [InlineData("Attach+dom0+1", "", PowerState.Running, "DeviceNotFound")]
    [InlineData("Unassign+dom0+1", "", PowerState.Halted, "DeviceNotAssigned")]
    [InlineData("Detach+dom0+1", "", PowerState.Running, "DeviceNotAssigned")]
    [InlineData("Set.assignment+dom0+1", "required", PowerState.Halted, "DeviceNotAssigned")]
    [InlineData("Set.assignment+dom0+1", "sometimes", PowerState.Halted, "QubesUnrecognizedDeviceAssignmentMode")]
    public async Task A_change_is_refused_as_for_a_device_that_is_not_there(
        string call, string payload, PowerState state, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(d => d.Work.PowerState = state);
        Assert.StartsWith(
            $"2\0{wireClass}\0\0", await daemon.CallAsync("admin.vm.device.pci." + call, "work", payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denied_kinds_of_devices_are_kept_in_their_property()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            d => d.Work.Properties.Declare("devices_denied", PropertyType.Text, ""));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.device.denied.List+", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.device.denied.Add+", "work", "u03****b******"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.device.denied.Add+", "work", "u03****p02****"));
        Assert.Equal("0\0u03****\nb******\np02****", await daemon.CallAsync("admin.vm.device.denied.List+", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.device.denied.Remove+", "work", "b******"));
        Assert.Equal("0\0u03****\np02****", await daemon.CallAsync("admin.vm.device.denied.List+", "work"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.device.denied.Remove+", "work", "all"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.vm.device.denied.List+", "work"));
    }

    [Theory]
    [InlineData("Add+", "u03")]
    [InlineData("Add+", "\u00e903****")]
    [InlineData("Remove+", "u03****")]
    public async Task Codes_that_are_none_or_not_denied_are_refused(string call, string payload)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync(
            d => d.Work.Properties.Declare("devices_denied", PropertyType.Text, ""));
        Assert.StartsWith(
            "2\0QubesValueError\0\0", await daemon.CallAsync("admin.vm.device.denied." + call, "work", payload), StringComparison.Ordinal);
    }
}
