using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Volumes;

public sealed class ListVolumesTests : BenchTests
{
    public ListVolumesTests()
    {
        ServeList();
        Volume("vm0", "fast", "appvms/vm0/private", "");
        Volume("vm1", "fast", "appvms/vm1/private", "1\n");
        Volume("disp1", "slow", "appvms/shared/private", "");
        Volume("tmpl", "slow", "appvms/shared/private", "");
    }

    private void Volume(string qube, string pool, string vid, string revisions)
    {
        Server.Ok("admin.vm.volume.List+", qube, "private\n");
        Server.Ok("admin.vm.volume.Info+private", qube, $"pool={pool}\nvid={vid}\nsize=1\nusage=0\n");
        Server.Ok("admin.vm.volume.ListSnapshots+private", qube, revisions);
    }

    [Fact]
    public async Task Into_a_pipe_every_qube_has_its_row()
    {
        var result = await Bench.RunAsync("qvm-volume", "list");
        Assert.Equal(
            """
            POOL:VOLUME                 VMNAME  VOLUME_NAME  REVERT_POSSIBLE
            fast:appvms/vm0/private     vm0     private      No
            fast:appvms/vm1/private     vm1     private      Yes
            slow:appvms/shared/private  disp1   private      No
            slow:appvms/shared/private  tmpl    private      No

            """,
            result.Output);
    }

    [Fact]
    public async Task On_a_terminal_a_shared_volume_is_one_row_unless_all_are_asked_for()
    {
        Bench.Terminal = true;
        var lines = (await Bench.RunAsync("qvm-volume", "ls", "--pool", "slow")).Lines;
        Assert.Equal(["slow:appvms/shared/private  disp1, tmpl  private      No"], lines.Skip(1));
        Assert.Equal(3, (await Bench.RunAsync("qvm-volume", "ls", "-p", "slow", "--full")).Lines.Length);
    }

    [Fact]
    public async Task Only_the_qubes_named_are_asked()
    {
        var lines = (await Bench.RunAsync("qvm-volume", "l", "vm1")).Lines;
        Assert.Equal(2, lines.Length);
        Assert.All(Asked, request => Assert.Contains(" vm1\0", request));
    }
}
