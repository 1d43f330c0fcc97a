namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class LabelTests
{
    [Fact]
    public async Task Labels_are_found_by_name_and_by_index()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0red\nblue\n", await daemon.CallAsync("admin.label.List+"));
        Assert.Equal("0\00x3465a4", await daemon.CallAsync("admin.label.Get+blue"));
        Assert.Equal("0\06", await daemon.CallAsync("admin.label.Index+blue"));
        Assert.Equal("0\01", await daemon.CallAsync("admin.label.Index+1"));
    }

    [Theory]
    [InlineData("teal")]
    [InlineData("9")]
    public async Task A_label_is_made_and_removed_by_name_or_index(string removed)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal("0\0", await daemon.CallAsync("admin.label.Create+teal", payload: "0x008080"));
        Assert.Equal("0\00x008080", await daemon.CallAsync("admin.label.Get+teal"));
        Assert.Equal("0\0", await daemon.CallAsync("admin.label.Remove+" + removed));
        Assert.Equal("0\0red\nblue\n", await daemon.CallAsync("admin.label.List+"));
    }

    [Theory]
    [InlineData("Create+a/b", "0x000000", "QubesInvalidLabelError")]
    [InlineData("Create+teal", "\u00e9", "QubesInvalidLabelValueError")]
    [InlineData("Create+teal", "", "ProtocolError")]
    [InlineData("Create+", "0x000000", "ProtocolError")]
    [InlineData("Remove+a+b", "", "QubesInvalidLabelError")]
    [InlineData("Remove+pink", "", "QubesLabelNotFoundError")]
    [InlineData("Get+99", "", "QubesLabelNotFoundError")]
    public async Task A_call_that_does_not_fit_is_refused(string call, string payload, string wireClass)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.StartsWith(
            $"2\0{wireClass}\0\0", await daemon.CallAsync("admin.label." + call, payload: payload), StringComparison.Ordinal);
        Assert.Equal(2, daemon.Qubes.Labels.Count);
    }
}
