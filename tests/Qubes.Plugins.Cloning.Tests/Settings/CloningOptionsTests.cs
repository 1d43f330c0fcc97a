using Microsoft.Extensions.Configuration;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Tests.Settings;

public sealed class CloningOptionsTests
{
    [Fact]
    public void What_is_not_said_is_the_default()
    {
        var options = Read();
        Assert.True(options.BuildsByItself);
        Assert.Equal((TimeSpan.FromSeconds(3), 1, 2048L << 20), (options.BuildDelay, options.Reserve, options.BudgetBytes));
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var options = Read(("build", "manual"), ("build-delay", "0"), ("reserve", "16"), ("budget", "1"));
        Assert.False(options.BuildsByItself);
        Assert.Equal((TimeSpan.Zero, 16, 1L << 20), (options.BuildDelay, options.Reserve, options.BudgetBytes));
    }

    [Theory]
    [InlineData("build", "sometimes")]
    [InlineData("build-delay", "-1")]
    [InlineData("build-delay", "3601")]
    [InlineData("rehearse", "maybe")]
    [InlineData("reserve", "17")]
    [InlineData("reserve", "one")]
    [InlineData("budget", "1048577")]
    public void A_value_that_cannot_be_used_is_refused_with_what_can(string key, string value)
    {
        var refusal = Assert.Throws<InvalidValueException>(() => Read((key, value)));
        Assert.Contains($"[Cloning] {key}={value} is refused", refusal.Message, StringComparison.Ordinal);
    }

    private static CloningOptions Read(params (string Key, string? Value)[] section) => CloningOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(section.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build());
}
