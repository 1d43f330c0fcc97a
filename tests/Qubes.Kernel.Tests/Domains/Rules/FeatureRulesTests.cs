using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Tests.Domains.Rules;

public sealed class FeatureRulesTests : RulesFixture
{
    [Theory]
    [InlineData("service.", "1")]
    [InlineData("service..", "1")]
    [InlineData("service.a123456789012345678901234567890123456789012345678", "")]
    [InlineData("vm-config.", "x")]
    [InlineData("custom-persist.", "/home")]
    [InlineData("custom-persist.a", "home")]
    [InlineData("custom-persist.a", "file:user:group:x:/home")]
    [InlineData("custom-persist.a", "link:user:group:755:/home")]
    public Task A_value_that_means_nothing_is_refused_and_not_kept(string feature, string value) => Kernel.OnLoop(() =>
    {
        Assert.Throws<InvalidValueException>(() => Work.Features.Set(feature, value));

        Assert.False(Work.Features.ContainsKey(feature));
    });

    [Theory]
    [InlineData("service.cups", "1")]
    [InlineData("service.app-dispvm.a123456789012345678901234567890123456789012345678", "1")]
    [InlineData("vm-config.x", "")]
    [InlineData("custom-persist.a", "/home")]
    [InlineData("custom-persist.a", "")]
    [InlineData("custom-persist.a", "dir:user:group:0755:/home/a:b")]
    [InlineData("anything", "0")]
    public Task Others_are_kept(string feature, string value) => Kernel.OnLoop(() =>
    {
        Work.Features.Set(feature, value);

        Assert.Equal(value, Work.Features[feature]);
    });

    [Fact]
    public Task The_service_that_once_switched_balancing_sets_the_property() => Kernel.OnLoop(() =>
    {
        Work.Features.Set("service.meminfo-writer", "");
        Assert.Equal((0, false), (Work.Properties.Get(QubeProperties.Maxmem), Work.Properties.IsDefault("maxmem")));

        Work.Features.Set("service.meminfo-writer", "1");
        Assert.Equal((4000, true), (Work.Properties.Get(QubeProperties.Maxmem), Work.Properties.IsDefault("maxmem")));
        Assert.DoesNotContain("service.meminfo-writer", Work.Features.Keys);
    });

    [Fact]
    public Task A_lookup_takes_the_first_hit_also_an_empty_one() => Kernel.OnLoop(() =>
    {
        Of("tmpl").Features.Set("f", "template");
        Qubes.AdminVm.Features.Set("f", "host");

        Assert.Equal("template", Work.Features.CheckWithTemplate("f"));
        Assert.Equal("host", Work.Features.CheckWithAdminVm("f"));
        Assert.Equal("template", Work.Features.CheckWithTemplateAndAdminVm("f"));
        Work.Features.Set("f", "");
        Assert.Equal("", Work.Features.CheckWithTemplateAndAdminVm("f"));
        Assert.Null(Work.Features.CheckWithNetvm("g"));
    });

    [Fact]
    public Task A_lookup_follows_the_network() => Kernel.OnLoop(async () =>
    {
        var net = await CreateAsync(QubeClass.AppVM, "net");
        net.Properties.Set(QubeProperties.ProvidesNetwork, true);
        Work.Properties.Set(QubeProperties.Netvm, net);
        net.Features.Set("ipv6", "1");

        Assert.Equal("1", Work.Features.CheckWithNetvm("ipv6"));
    });
}
