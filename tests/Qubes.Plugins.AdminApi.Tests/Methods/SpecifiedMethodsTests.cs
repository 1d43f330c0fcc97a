namespace Qubes.Plugins.AdminApi.Tests.Methods;

public sealed class SpecifiedMethodsTests
{
    private const string Specified = """
        admin.Events admin.backup.Cancel admin.backup.Execute admin.backup.Info admin.deviceclass.List admin.label.Create
        admin.label.Get admin.label.Index admin.label.List admin.label.Remove admin.pool.Add admin.pool.Info admin.pool.List
        admin.pool.ListDrivers admin.pool.Remove admin.pool.Set.ephemeral_volatile admin.pool.Set.revisions_to_keep
        admin.pool.UsageDetails admin.pool.volume.List admin.property.Get admin.property.GetAll admin.property.GetDefault
        admin.property.Help admin.property.List admin.property.Reset admin.property.Set admin.vm.Console
        admin.vm.CreateDisposable admin.vm.CurrentState admin.vm.Kill admin.vm.List admin.vm.Pause admin.vm.Remove
        admin.vm.Resume admin.vm.Shutdown admin.vm.Start admin.vm.Stats admin.vm.Suspend admin.vm.Unpause
        admin.vm.device.denied.Add admin.vm.device.denied.List admin.vm.device.denied.Remove
        admin.vm.feature.CheckWithAdminVM admin.vm.feature.CheckWithNetvm admin.vm.feature.CheckWithTemplate
        admin.vm.feature.CheckWithTemplateAndAdminVM admin.vm.feature.Get admin.vm.feature.List admin.vm.feature.Remove
        admin.vm.feature.Set admin.vm.firewall.Get admin.vm.firewall.Reload admin.vm.firewall.Set admin.vm.notes.Get
        admin.vm.notes.Set admin.vm.property.Get admin.vm.property.GetAll admin.vm.property.GetDefault
        admin.vm.property.Help admin.vm.property.List admin.vm.property.Reset admin.vm.property.Set admin.vm.tag.Get
        admin.vm.tag.List admin.vm.tag.Remove admin.vm.tag.Set admin.vm.volume.Clear admin.vm.volume.CloneFrom
        admin.vm.volume.CloneTo admin.vm.volume.Info admin.vm.volume.List admin.vm.volume.ListSnapshots
        admin.vm.volume.Resize admin.vm.volume.Revert admin.vm.volume.Set.ephemeral
        admin.vm.volume.Set.revisions_to_keep admin.vm.volume.Set.rw admin.vmclass.List
        """;

    private static readonly string[] Classes = ["AdminVM", "AppVM", "DispVM", "RemoteVM", "StandaloneVM", "TemplateVM"];

    private static readonly string[] OfDevices =
        ["Available", "Assigned", "Attached", "Assign", "Unassign", "Attach", "Detach", "Set.assignment"];

    private static IEnumerable<string> All =>
    [
        .. Specified.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        .. Classes.SelectMany(c => new[] { "admin.vm.Create." + c, "admin.vm.CreateInPool." + c }),
        .. OfDevices.SelectMany(d => new[] { "admin.vm.device.pci." + d, "admin.vm.device.block." + d }),
    ];

    [Fact]
    public void The_specification_has_one_hundred_and_six_names() => Assert.Equal(106, All.Distinct().Count());

    [Fact]
    public async Task None_of_them_is_missing()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        foreach (string method in All)
        {
            // Bytes outside ASCII in the header's method would be another failure; an argument and a payload that hardly
            // any method takes make most of them refuse before they do anything.
            string answer = await daemon.CallAsync(method + "+\u0001", "work", "\u0001");
            Assert.True(answer.Length > 0, method + " answers with nothing");
            Assert.DoesNotContain("no such method", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("admin.vm.firewall.Flush")]
    [InlineData("admin.pool.volume.Info")]
    [InlineData("admin.vm.property.HelpRst")]
    [InlineData("admin.vm.volume.Import")]
    [InlineData("internal.GetSystemInfo")]
    [InlineData("qubes.NotifyUpdates")]
    public async Task Names_of_old_documents_and_of_other_sockets_are_unknown(string method)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Assert.Equal($"2\0ProtocolError\0\0no such method: '{method}'\0", await daemon.CallAsync(method + "+"));
    }
}
