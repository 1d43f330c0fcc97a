using Qubes.Plugins.Templates.Apt;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Tests.Apt;

public sealed class AptOutputTests
{
    [Fact]
    public void Simulated_installations_are_read_and_sorted() => Assert.Equal(
        ["dash=0.5.12-2", "libc6=2.36-9+deb12u10", "zlib1g=1:1.2.13"],
        AptOutput.Installed(
        [
            "NOTE: This is only a simulation!",
            "Inst zlib1g (1:1.2.13 Debian:12/stable [amd64])",
            "Inst libc6 (2.36-9+deb12u10 Debian:12/stable [amd64]) []",
            "Conf libc6 (2.36-9+deb12u10 Debian:12/stable [amd64])",
            "Inst dash (0.5.12-2)",
        ]));

    [Fact]
    public void The_kernels_package_is_what_the_metapackage_depends_on() => Assert.Equal(
        "linux-image-6.1.0-56-cloud-amd64=6.1.192-2",
        AptOutput.Kernel(["Package: linux-image-cloud-amd64", "Depends: linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)"], "m"));

    [Theory]
    [InlineData("Depends: linux-base")]
    [InlineData("Depends: linux-image-;rm (= 1)")]
    public void A_metapackage_without_a_kernel_is_refused(string line) =>
        Assert.Contains("names no kernel", Assert.Throws<QubesException>(() => AptOutput.Kernel([line], "m")).Message);

    [Fact]
    public void Progress_counts_each_package_twice_and_never_passes_the_end()
    {
        var parts = new List<double>();
        var meter = new BootstrapMeter(2, (part, _) => parts.Add(part));

        foreach (var line in new[] { "Unpacking a:amd64 (1) ...", "Unpacking a (1) over (0) ...", "noise", "Setting up a (1) ...", "Unpacking b (2)", "Setting up b (2)", "Setting up c (3)" })
            meter.Read(line);

        Assert.Equal([0.25, 0.5, 0.75, 1, 1], parts);
    }
}
