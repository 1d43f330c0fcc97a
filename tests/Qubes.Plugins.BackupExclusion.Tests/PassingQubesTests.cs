using Qubes.Sdk.Backups;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.BackupExclusion.Tests;

public sealed class PassingQubesTests
{
    private readonly PassingQubes filter = new();

    [Theory]
    [InlineData(QubeClass.DispVM, "auto_cleanup=True", true)]
    [InlineData(QubeClass.DispVM, "auto_cleanup=True include_in_backups=False", true)]
    [InlineData(QubeClass.DispVM, "auto_cleanup=True include_in_backups=True", false)]
    [InlineData(QubeClass.DispVM, "auto_cleanup=False", false)]
    [InlineData(QubeClass.DispVM, "", false)]
    [InlineData(QubeClass.AppVM, "include_in_backups=False", false)]
    [InlineData(QubeClass.AdminVM, "", false)]
    public void A_disposable_that_goes_when_it_stops_is_left_out_unless_it_is_wanted(QubeClass @class, string properties, bool isLeftOut) =>
        Assert.Equal(isLeftOut, filter.LeavesOut(Qube(@class, properties)));

    [Theory]
    [InlineData("preload-dispvm", true)]
    [InlineData("preload-dispvm-in-progress", true)]
    [InlineData("preload-dispvm-completed", true)]
    [InlineData("preload-dispvm-delay", true)]
    [InlineData("deferred-netvm-original", true)]
    [InlineData("preload-dispvm-max", false)]
    [InlineData("preload", false)]
    [InlineData("internal", false)]
    public void Of_what_the_daemon_notes_only_the_wanted_number_of_preloads_is_kept(string feature, bool isLeftOut) =>
        Assert.Equal(isLeftOut, filter.LeavesOutFeature(Qube(QubeClass.AppVM, ""), feature));

    [Theory]
    [InlineData("preload-dispvm-max")]
    [InlineData("preload-dispvm-threshold")]
    [InlineData("preload-dispvm-delay")]
    public void The_hosts_are_settings_and_kept(string feature) =>
        Assert.False(filter.LeavesOutFeature(Qube(QubeClass.AdminVM, ""), feature));

    private static BackupQube Qube(QubeClass @class, string properties) => new(
        "one", @class,
        properties.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).ToDictionary(p => p[0], p => (string?)p[1]));
}
