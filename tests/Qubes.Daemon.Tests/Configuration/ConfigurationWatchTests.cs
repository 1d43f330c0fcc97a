namespace Qubes.Daemon.Tests.Configuration;

/// <summary>A configuration that changes while the daemon runs.</summary>
public sealed class ConfigurationWatchTests : IDisposable
{
    private const int Terminate = 15;

    private readonly TestRoot root = new();

    public ConfigurationWatchTests() => root.InstallSimulation();

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task What_changes_is_taken_and_what_cannot_be_read_leaves_all_as_it_is()
    {
        await using var daemon = new DaemonProcess(root, ["--hypervisor", "simulated"]);
        Assert.Equal("qubesd: ready", await daemon.NextLine());

        Replace("[Simulation\nspeed=2\n");
        await daemon.Logs("The changed configuration is not taken, all stays as it is: ");
        Replace("[Simulation]\nspeed=2\nspede=3\n");
        await daemon.Logs("The changed configuration is taken");
        await daemon.Logs("spede");

        daemon.Signal(Terminate);
        Assert.Equal(0, (await daemon.End()).Code);
    }

    // As an editor does.
    private void Replace(string text) => File.Move(root.Write("etc/qubes/qubesd.conf.new", text), root.Path + "/etc/qubes/qubesd.conf", overwrite: true);
}
