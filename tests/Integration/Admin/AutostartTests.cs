namespace Qubes.Integration.Tests.Admin;

/// <summary>Qubes that start with the host, as the service manager sees them.</summary>
public sealed class AutostartTests : IAsyncLifetime
{
    private Testbed.Daemon daemon = null!;

    private string Folder => daemon.Root + "/etc/systemd/system/multi-user.target.wants";

    public async Task InitializeAsync()
    {
        daemon = await AdminSocket.StartDaemonAsync();
        await daemon.AddKernelAsync();
        _ = (await daemon.CallAsync("admin.vm.Create.TemplateVM", payload: "name=tmpl label=black")).Ok;
    }

    public async Task DisposeAsync() => await daemon.DisposeAsync();

    [Fact]
    public async Task The_link_follows_the_property_and_goes_with_the_qube()
    {
        await SetAsync("True");
        Assert.Equal("/usr/lib/systemd/system/qubes-vm@.service", new FileInfo(Folder + "/qubes-vm@tmpl.service").LinkTarget);
        await SetAsync("False");
        Assert.Empty(Links());
        await SetAsync("True");
        _ = (await daemon.CallAsync("admin.vm.property.Reset+autostart", "tmpl")).Ok;
        Assert.Empty(Links());
        await SetAsync("True");
        _ = (await daemon.CallAsync("admin.vm.Remove", "tmpl")).Ok;
        Assert.Empty(Links());
    }

    [Fact]
    public async Task A_link_that_cannot_be_made_leaves_no_value_either()
    {
        Directory.CreateDirectory(daemon.Root + "/etc");
        await File.WriteAllTextAsync(daemon.Root + "/etc/systemd", "in the way");
        Assert.Equal("QubesException", (await daemon.CallAsync("admin.vm.property.Set+autostart", "tmpl", "True")).Exception);
        Assert.Equal("default=True type=bool False", (await daemon.CallAsync("admin.vm.property.Get+autostart", "tmpl")).Ok);
    }

    [Fact]
    public async Task The_next_daemon_mends_what_was_changed_behind_its_back()
    {
        await SetAsync("True");
        _ = await daemon.StopAsync();
        File.Move(Folder + "/qubes-vm@tmpl.service", Folder + "/qubes-vm@gone.service");
        await daemon.RestartAsync("--hypervisor", "simulated");
        Assert.Equal(["qubes-vm@tmpl.service"], Links());
    }

    private async Task SetAsync(string value) => _ = (await daemon.CallAsync("admin.vm.property.Set+autostart", "tmpl", value)).Ok;

    private string[] Links() => [.. Directory.EnumerateFileSystemEntries(Folder).Select(p => Path.GetFileName(p)!)];
}
