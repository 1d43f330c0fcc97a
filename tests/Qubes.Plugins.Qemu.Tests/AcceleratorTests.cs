using Microsoft.Extensions.Configuration;
using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Tests.Guests;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Qemu.Tests;

[Collection("guests")]
public sealed class AcceleratorTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("accel-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Auto_boots_a_guest_whatever_kvm_is_worth_and_remembers_the_verdict()
    {
        await using var host = new GuestHost(("accelerator", "auto"));
        await using var machine = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        await machine.BootAsync(default);
        await machine.KillAsync(default);
        if (!KvmDevice.IsOpenable())
            return; // nothing to try
        Assert.Single(host.Log.Lines, line => line.StartsWith("521", StringComparison.Ordinal));
        await using var again = await host.Driver.CreateAsync(GuestHost.Spec(), default);
        await again.KillAsync(default);
        Assert.Single(host.Log.Lines, line => line.StartsWith("521", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(KvmProbe.Parent(host.Paths)));
    }

    [Fact]
    public async Task A_probe_ends_by_its_deadline_and_leaves_nothing_behind()
    {
        if (!KvmDevice.IsOpenable())
            return; // nothing to try
        var options = new QemuOptions { Launcher = GuestHost.LauncherPath, ProbeTimeout = TimeSpan.FromSeconds(2) };
        var paths = new QubesPaths(directory, directory + "/usr");
        var log = new RecordedLog();
        var probe = new KvmProbe(
            options, paths, new Qemu.Machines.IdentityChoice(options, isRoot: false),
            new Qemu.Machines.MachineIds(directory + "/last"), TimeProvider.System, log);
        var why = await probe.WhyNotAsync(GuestKernel.Directory + "/vmlinuz", default);
        Assert.True(
            why is null or "not up within 2 s" or "it ended before the kernel was up"
            || why.Contains("kvm", StringComparison.OrdinalIgnoreCase), why);
        Assert.Empty(Directory.GetDirectories(KvmProbe.Parent(paths)));
    }

    [Fact]
    public void A_verdict_holds_for_one_kernel_as_it_is()
    {
        var kernel = directory + "/vmlinuz";
        File.WriteAllText(kernel, "one");
        var verdicts = new KvmVerdicts(directory + "/cache", "/bin/sh");
        Assert.Null(verdicts.Find(kernel));
        verdicts.Keep(kernel, works: true);
        Assert.True(verdicts.Find(kernel));
        verdicts.Keep(kernel, works: false);
        Assert.False(verdicts.Find(kernel));
        File.WriteAllText(kernel, "another");
        Assert.Null(verdicts.Find(kernel));
    }

    [Fact]
    public void A_failure_is_believed_until_the_next_boot_of_the_host()
    {
        File.WriteAllText(directory + "/vmlinuz", "one");
        var verdicts = new KvmVerdicts(directory + "/cache", "/bin/sh");
        verdicts.Keep(directory + "/vmlinuz", works: false);
        File.WriteAllText(Assert.Single(Directory.GetFiles(directory + "/cache")), "an earlier boot");
        Assert.Null(verdicts.Find(directory + "/vmlinuz"));
    }

    [Fact]
    public async Task The_counters_frequency_is_that_of_a_processor()
    {
        using var tsc = new TscFrequency(TimeProvider.System);
        Assert.InRange((await tsc.GetKhzAsync(default))!.Value, 500_000u, 10_000_000u);
    }

    [Theory]
    [InlineData("accelerator", "xen")]
    [InlineData("boot-timeout-kvm", "0")]
    [InlineData("boot-timeout-tcg", "soon")]
    [InlineData("probe-timeout", "-1")]
    [InlineData("first-uid", "0")]
    [InlineData("program", "qemu")]
    [InlineData("launcher", "../launcher")]
    public void A_setting_that_cannot_be_used_is_refused_by_name(string key, string value)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();
        var refusal = Assert.Throws<InvalidValueException>(() => QemuOptions.Read(section, new QubesPaths("", "/usr")));
        Assert.Contains($"{key}={value}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_settings_the_launcher_is_the_installed_one()
    {
        var options = QemuOptions.Read(new ConfigurationBuilder().Build(), new QubesPaths("", "/usr"));
        Assert.Equal("/usr/lib/qubes/libexec/qubes-machine-launcher", options.Launcher);
        Assert.Equal(AcceleratorWish.Auto, options.Accelerator);
    }

    [Fact]
    public void Machines_of_a_root_daemon_have_users_of_their_own()
    {
        var options = new QemuOptions { Launcher = "/l" };
        Assert.Equal(2_000_000_003u, new Qemu.Machines.IdentityChoice(options, isRoot: true).For(3, Accelerator.Tcg)!.User);
        Assert.Null(new Qemu.Machines.IdentityChoice(options, isRoot: false).For(3, Accelerator.Kvm));
    }
}
