using System.Globalization;
using NSubstitute;
using Qubes.Plugins.Preload.Features;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Tests;

public sealed class FeatureRulesTests
{
    private readonly IEventBus bus = Substitute.For<IEventBus>();
    private readonly IQubes qubes = Substitute.For<IQubes>();
    private Action<FeatureSetting> check = null!;

    public FeatureRulesTests()
    {
        bus.Subscribe(Arg.Do<Action<FeatureSetting>>(handler => check = handler));
        _ = new FeatureRules(bus, qubes).StartAsync(default);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("")]
    public void A_template_with_everything_may_have_a_maximum(string value) =>
        check(new(Template("qrexec", "supported-rpc.qubes.WaitForRunningSystem", "supported-rpc.qubes.WaitForSession"), "preload-dispvm-max", value, null));

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("a")]
    [InlineData("1 1")]
    public void S13_2_02_a_maximum_is_digits(string value) => Refused(
        "a number of disposables",
        new(Template("qrexec", "supported-rpc.qubes.WaitForRunningSystem", "supported-rpc.qubes.WaitForSession"), "preload-dispvm-max", value, null));

    [Fact]
    public void S13_2_02_a_template_without_the_services_may_have_none_whatever_the_value()
    {
        Refused("qrexec is not set", new(Template(), "preload-dispvm-max", "0", null));
        Refused(
            "qubes.WaitForSession",
            new(Template("qrexec", "supported-rpc.qubes.WaitForRunningSystem"), "preload-dispvm-max", "0", null));
    }

    [Fact]
    public void The_hosts_maximum_is_checked_against_the_default_template_and_only_when_it_changes()
    {
        var host = Qube(QubeClass.AdminVM);
        qubes.System.Get(SystemProperties.DefaultDispvm).Returns((IQube?)null);
        check(new(host, "preload-dispvm-max", "x", null));

        var template = Template();
        qubes.System.Get(SystemProperties.DefaultDispvm).Returns(template);
        check(new(host, "preload-dispvm-max", "x", "x"));
        Refused("qrexec is not set", new(host, "preload-dispvm-max", "1", "x"));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("-0.5")]
    [InlineData("1e2")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("10000")]
    [InlineData("-1")]
    [InlineData("-3.14")]
    [InlineData("auto")]
    public void S13_2_01_and_S13_3_14_a_delay_is_seconds(string value) => check(new(Qube(QubeClass.AdminVM), "preload-dispvm-delay", value, null));

    [Theory]
    [InlineData("a")]
    [InlineData(".2.")]
    [InlineData("1 1")]
    [InlineData("AUTO")]
    [InlineData("nan")]
    [InlineData("inf")]
    [InlineData("1e999")]
    public void S13_2_01_and_S13_3_14_a_delay_that_is_no_number_or_never_ends_is_refused(string value) =>
        Refused("a number of seconds", new(Template(), "preload-dispvm-delay", value, null));

    [Fact]
    public void S13_2_08_and_S13_3_14_a_threshold_is_digits_and_the_hosts_alone()
    {
        check(new(Qube(QubeClass.AdminVM), "preload-dispvm-threshold", "1000", null));
        check(new(Template(), "preload-dispvm-threshold", "much", null));
        Refused("a number of MiB", new(Qube(QubeClass.AdminVM), "preload-dispvm-threshold", "-1", null));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("100")]
    [InlineData("1000")]
    [InlineData("")]
    public void A_weight_is_a_number_from_1_to_1000_or_nothing(string value)
    {
        check(new(Template(), "preload-dispvm-weight", value, null));
        Assert.Equal(value.Length == 0 ? null : int.Parse(value, CultureInfo.InvariantCulture), PreloadSettings.Weight(value));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData(" 1")]
    [InlineData("many")]
    public void Another_weight_is_refused_with_what_would_do(string value)
    {
        Refused("from 1 to 1000", new(Template(), "preload-dispvm-weight", value, null));
        check(new(Qube(QubeClass.AdminVM), "preload-dispvm-weight", value, null));
    }

    private void Refused(string because, FeatureSetting e) =>
        Assert.Contains(because, Assert.Throws<InvalidValueException>(() => check(e)).Message, StringComparison.Ordinal);

    private static IQube Template(params string[] features)
    {
        var template = Qube(QubeClass.AppVM);
        foreach (var feature in features)
            template.Features.CheckWithTemplate(feature).Returns("1");
        return template;
    }

    private static IQube Qube(QubeClass @class)
    {
        var qube = Substitute.For<IQube>();
        qube.Name.Returns("dvm");
        qube.Class.Returns(@class);
        var features = Substitute.For<IFeatures>();
        features.CheckWithTemplate(Arg.Any<string>()).Returns((string?)null);
        qube.Features.Returns(features);
        return qube;
    }
}
