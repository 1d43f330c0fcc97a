namespace Qubes.Daemon.Tests;

public sealed class SurroundingsTests
{
    [Fact]
    public void The_prefix_is_where_the_program_is_laid_out()
    {
        var paths = Surroundings.PathsFor(null, "/opt/q/lib/qubes/daemon/");
        Assert.Equal("/opt/q/lib/qubes/plugins", paths.ShippedPlugins);
        Assert.Equal("/var/lib/qubes", paths.State);
    }

    [Fact]
    public void A_program_that_is_not_laid_out_ships_nothing() =>
        Assert.Equal("/src/bin/debug/lib/qubes/plugins", Surroundings.PathsFor(null, "/src/bin/debug/").ShippedPlugins);

    [Fact]
    public void A_relative_root_is_taken_from_the_working_directory() =>
        Assert.Equal(Environment.CurrentDirectory + "/some/run/qubes", Surroundings.PathsFor("some/", "/usr/lib/qubes/daemon").Runtime);

    [Fact]
    public void An_empty_root_is_the_real_system() =>
        Assert.Equal("/run/qubes", Surroundings.PathsFor("", "/usr/lib/qubes/daemon").Runtime);
}
