using Qubes.Plugins.Qemu.Accelerators;
using Qubes.Plugins.Qemu.Arguments;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Qemu.Tests.Arguments;

public sealed class KernelCommandLineTests
{
    [Fact]
    public void Under_tcg_the_guest_is_told_the_counters_frequency_and_under_kvm_not()
    {
        Assert.Contains(" tsc=reliable tsc_early_khz=2500000 ", KernelCommandLine.For(Spec(), Accelerator.Tcg, 2_500_000), StringComparison.Ordinal);
        Assert.DoesNotContain("tsc", KernelCommandLine.For(Spec(), Accelerator.Kvm, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Guest_parameters_come_last_in_order()
    {
        var line = KernelCommandLine.For(Spec() with { KernelOptions = "debug=1" }, Accelerator.Tcg, null);
        Assert.EndsWith(" quiet debug=1 qubes.name=work qubes.type=DispVM", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Debugging_makes_the_kernel_talk() =>
        Assert.DoesNotContain("quiet", KernelCommandLine.For(Spec() with { Debug = true }, Accelerator.Tcg, null), StringComparison.Ordinal);

    [Theory]
    [InlineData("qubes.name=other")]
    [InlineData("a \"qubes.name=other\"")]
    [InlineData("a\nb")]
    [InlineData("\u00e9")]
    public void Options_that_would_change_who_the_guest_is_or_break_the_line_are_refused(string options) =>
        Assert.Throws<QubeException>(() => KernelCommandLine.For(Spec() with { KernelOptions = options }, Accelerator.Tcg, null));

    [Fact]
    public void A_line_that_the_kernel_would_cut_is_refused() =>
        Assert.Throws<QubeException>(
            () => KernelCommandLine.For(Spec() with { KernelOptions = new string('x', 2000) }, Accelerator.Tcg, null));

    [Theory]
    [InlineData("name", "a b")]
    [InlineData("name", "a\"")]
    [InlineData("na me", "a")]
    [InlineData("", "a")]
    public void A_parameter_with_other_characters_is_refused(string key, string value) =>
        Assert.Throws<QubeException>(() => KernelCommandLine.For(
            Spec() with { GuestParameters = new Dictionary<string, string> { [key] = value } }, Accelerator.Tcg, null));

    private static MachineSpec Spec() => new()
    {
        Name = "work",
        Uuid = Guid.Empty,
        Class = QubeClass.DispVM,
        MemoryMiB = 256,
        Vcpus = 1,
        KernelDirectory = "/k",
        KernelOptions = "",
        Volumes = [],
        GuestParameters = new Dictionary<string, string> { ["type"] = "DispVM", ["name"] = "work" },
        ExpectsAgent = true,
    };
}
