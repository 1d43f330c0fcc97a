using FsCheck;
using FsCheck.Fluent;
using Qubes.Qrexec.Rpc;

namespace Qubes.Qrexec.Tests.Rpc;

public sealed class ServiceConfigurationTests
{
    [Fact]
    public void Every_key_and_form_of_value_is_understood()
    {
        var configuration = ServiceConfiguration.Parse(
        [
            "# a comment", "", "wait-for-session=1", "skip-service-descriptor = true  # why", "exit-on-client-eof\t=\tfalse",
            "exit-on-service-eof = 0", "some-new-key = 'x'",
        ]);
        Assert.Equal((true, true, false, false), (configuration.WaitForSession, configuration.SkipServiceDescriptor,
            configuration.ExitOnClientEof, configuration.ExitOnServiceEof));
        Assert.Equal(["some-new-key"], configuration.UnknownKeys);
        Assert.Equal("a # b", ServiceConfiguration.Parse(["force-user = 'a # b' # c"]).ForceUser);
    }

    [Theory]
    [InlineData("force-user = \"root\"")]
    [InlineData("force-user = true")]
    [InlineData("force-user = 'root")]
    [InlineData("force-user = 'root' x")]
    [InlineData("force-user")]
    [InlineData(" force-user = 'root'")]
    [InlineData("= 1")]
    [InlineData("wait-for-session = 'yes'")]
    [InlineData("wait-for-session = yes")]
    [InlineData("wait-for-session = 10")]
    [InlineData("wait-for-session = ")]
    [InlineData("wait-for-session = 1|wait-for-session = 1")]
    [InlineData("force-user = 'a'|exit-on-client-eof = 1")]
    [InlineData("force-user = 'a'|skip-service-descriptor = 0")]
    [InlineData("[section]")]
    public void Anything_else_is_refused(string lines) =>
        Assert.Throws<FormatException>(() => ServiceConfiguration.Parse(lines.Split('|')));

    [Fact]
    public void No_text_does_more_than_be_refused() => Prop.ForAll<NonNull<string>>(text =>
    {
        try
        {
            ServiceConfiguration.Parse(["force-user = " + text.Get]);
            ServiceConfiguration.Parse(text.Get.Split('\n'));
        }
        catch (FormatException)
        {
        }

        return true;
    }).QuickCheckThrowOnFailure();
}
