using Microsoft.Extensions.Configuration;
using Qubes.Daemon.Configuration;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Tests.Configuration;

public sealed class DaemonSettingsTests
{
    [Fact]
    public void By_default_machines_are_made_with_qemu() => Assert.Equal(new DaemonSettings("qemu", Debug: false), Of(new()));

    [Fact]
    public void The_configuration_decides() =>
        Assert.Equal(new DaemonSettings("simulated", Debug: true), Of(new(), ("hypervisor", "simulated"), ("debug", "yes")));

    [Fact]
    public void The_command_line_wins() =>
        Assert.Equal(
            new DaemonSettings("other", Debug: true),
            Of(new("other", Debug: true), ("hypervisor", "simulated"), ("debug", "no")));

    [Fact]
    public void A_debug_that_is_neither_yes_nor_no_is_refused() =>
        Assert.Equal("[qubesd] debug is 'maybe'; it must be yes or no",
            Assert.Throws<QubesException>(() => Of(new(), ("debug", "maybe"))).Message);

    private static DaemonSettings Of(DaemonOptions options, params (string Key, string Value)[] settings) =>
        DaemonSettings.Of(options, new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => "qubesd:" + s.Key, s => (string?)s.Value)).Build());
}
