using Microsoft.Extensions.Configuration;
using Qubes.Plugins.MemoryManager.Settings;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.MemoryManager.Tests.Settings;

public sealed class MemoryOptionsTests
{
    [Fact]
    public void Without_a_configuration_the_figures_are_those_of_the_shipped_file() =>
        Assert.Equal(
            new MemoryOptions { Floor = 200_000_000, Boost = 350_000_000, CacheFactor = 1.3, Reserve = 52_428_800 }, Read());

    [Theory]
    [InlineData("200M", 200_000_000)]
    [InlineData("200MiB", 209_715_200)]
    [InlineData("1 GiB", 1_073_741_824)]
    [InlineData("12", 12)]
    [InlineData("3kb", 3000)]
    public void A_size_is_decimal_unless_it_says_binary(string text, long bytes) =>
        Assert.Equal(bytes, Read(("vm-min-mem", text)).Floor);

    [Theory]
    [InlineData("vm-min-mem", "")]
    [InlineData("vm-min-mem", "M")]
    [InlineData("vm-min-mem", "-1M")]
    [InlineData("vm-min-mem", "1.5G")]
    [InlineData("vm-min-mem", "5 ")]
    [InlineData("dom0-mem-boost", "10X")]
    [InlineData("host-reserve", "99999999999G")]
    [InlineData("cache-margin-factor", "0.9")]
    [InlineData("cache-margin-factor", "11")]
    [InlineData("cache-margin-factor", "1,3")]
    [InlineData("cache-margin-factor", "NaN")]
    public void A_bad_value_is_refused_in_one_line_that_names_it(string key, string value)
    {
        var refused = Assert.Throws<InvalidValueException>(() => Read((key, value)));

        Assert.StartsWith($"[MemoryManager] {key}={value} is refused: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static MemoryOptions Read(params (string Key, string? Value)[] values) =>
        MemoryOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, v.Value))).Build());
}
