using Microsoft.Extensions.Configuration;
using Qubes.Plugins.MemoryManager.Pressure;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.MemoryManager.Tests.Pressure;

/// <summary>What counts as little memory, as the configuration says.</summary>
public sealed class WatermarkTests
{
    private const long GiB = 1L << 30;

    private static PressureOptions Read(params (string Key, string Value)[] settings) => PressureOptions.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());

    [Theory]
    [InlineData("10%", 400)]
    [InlineData("2.5%", 100)]
    [InlineData("0%", 0)]
    [InlineData("100%", 4000)]
    [InlineData("512", 512)]
    [InlineData("1K", 1000)]
    [InlineData("1KiB", 1024)]
    public void A_watermark_is_a_size_or_a_part_of_all(string text, long bytes)
    {
        Assert.True(Watermark.TryParse(text, out var mark));
        Assert.Equal(bytes, mark.Of(4000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("1e1%")]
    [InlineData("NaN%")]
    [InlineData(" 10%")]
    [InlineData("1000000%")]
    [InlineData("-512")]
    [InlineData("512 miles")]
    public void Anything_else_is_refused_with_what_would_do(string text)
    {
        var refusal = Assert.Throws<InvalidValueException>(() => Read(("pressure-high", text)));

        Assert.Contains("pressure-high", refusal.Message);
        Assert.Contains("512MiB", refusal.Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("100.1")]
    [InlineData("ten")]
    public void A_part_of_time_that_is_none_is_refused(string text) =>
        Assert.Throws<InvalidValueException>(() => Read(("pressure-stall", text)));

    [Fact]
    public void Without_configuration_the_smaller_of_a_part_and_a_size_counts()
    {
        var options = Read();

        Assert.Equal((GiB, GiB / 2), (options.Low.Of(64 * GiB), options.High.Of(64 * GiB)));
        Assert.Equal((2 * GiB / 10, 2 * GiB / 20), (options.Low.Of(2 * GiB), options.High.Of(2 * GiB)));
        Assert.Equal(10, options.Stall);
    }

    [Fact]
    public void What_is_configured_counts()
    {
        var options = Read(("pressure-low", "3GiB"), ("pressure-high", "25%"), ("pressure-stall", "2.5"));

        Assert.Equal((3 * GiB, 2 * GiB, 2.5), (options.Low.Of(8 * GiB), options.High.Of(8 * GiB), options.Stall));
    }
}
