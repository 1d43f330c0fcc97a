using Qubes.Qrexec.Protocol;
using Qubes.Qrexec.Rpc;

namespace Qubes.Qrexec.Tests.Rpc;

public sealed class ServiceEnvironmentTests
{
    [Fact]
    public void A_guest_learns_the_source_and_an_argument_even_if_it_is_empty()
    {
        var call = ServiceDescriptor.TryParse("test.A+ work")!;
        Assert.Equal(
            [("QREXEC_REMOTE_DOMAIN", "work"), ("QREXEC_REQUESTED_TARGET_TYPE", ""), ("QREXEC_SERVICE_ARGUMENT", ""),
                ("QREXEC_SERVICE_FULL_NAME", "test.A+")],
            ServiceEnvironment.Of(call).Select(v => (v.Key, v.Value)).Order());
        Assert.Equal(["/a"], ServiceEnvironment.CommandLine("/a", call));
        Assert.Equal(["/a", "x"], ServiceEnvironment.CommandLine("/a", call with { Argument = "x" }));
        Assert.DoesNotContain("QREXEC_SERVICE_ARGUMENT", ServiceEnvironment.Of(call with { Argument = null }).Keys);
    }

    [Theory]
    [InlineData("test.A+ work name dom0", "name", "QREXEC_REQUESTED_TARGET", "dom0")]
    [InlineData("test.A+ work keyword adminvm", "keyword", "QREXEC_REQUESTED_TARGET_KEYWORD", "adminvm")]
    public void A_service_of_the_host_also_learns_what_target_was_asked_for(string text, string type, string variable, string value)
    {
        var variables = ServiceEnvironment.Of(ServiceDescriptor.TryParse(text)!);
        Assert.Equal((type, value, 5), (variables["QREXEC_REQUESTED_TARGET_TYPE"], variables[variable], variables.Count));
    }
}
