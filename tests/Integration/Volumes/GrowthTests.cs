using System.Globalization;
using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Volumes;

[Collection(RealMachines.Name)]
public sealed class GrowthTests(DisposableHost host)
{
    private const string Qube = "growing";

    private Daemon Daemon => host.Daemon;

    [Fact]
    public async Task A_private_volume_grows_at_rest_and_while_its_qube_runs_and_keeps_what_is_on_it()
    {
        (await Daemon.RunAsync("qvm-create", "-C", "AppVM", "-t", DisposableHost.Template, "-l", "blue", Qube)).Succeeded();
        (await Daemon.RunAsync("qvm-run", "-p", Qube, "echo kept > /rw/note; sync")).Succeeded();
        (await Daemon.RunAsync("qvm-shutdown", "--wait", Qube)).Succeeded();
        (await Daemon.RunAsync("qvm-volume", "resize", Qube + ":private", "3GiB")).Succeeded();

        (await Daemon.RunAsync("qvm-start", Qube)).Succeeded();
        Assert.InRange(await FileSystemMiBAsync(), 2900, 3072);
        (await Daemon.RunAsync("qvm-volume", "resize", Qube + ":private", "4GiB")).Succeeded();
        Assert.InRange(await FileSystemMiBAsync(), 3900, 4096);
        Assert.Equal("kept\n", (await Daemon.RunAsync("qvm-run", "-p", Qube, "cat /rw/note")).Succeeded().Text);

        (await Daemon.RunAsync("qvm-kill", Qube)).Succeeded();
        (await Daemon.RunAsync("qvm-remove", "-f", Qube)).Succeeded();
    }

    private async Task<int> FileSystemMiBAsync() => int.Parse(
        (await Daemon.RunAsync("qvm-run", "-p", Qube, "df -m --output=size /rw | tail -n 1")).Succeeded().Text, CultureInfo.InvariantCulture);
}
