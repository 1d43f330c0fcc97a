using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Preload.Policies;

namespace Qubes.Plugins.Preload.Tests.Policies;

public sealed class DemandTextTests
{
    private static readonly string Zeros = string.Join(',', Enumerable.Repeat("0", 23));

    [Fact]
    public void What_is_written_is_read_again()
    {
        var peaks = Enumerable.Range(0, 24).Select(i => i * 1.25).ToArray();
        Assert.Equal(peaks, DemandText.Read(DemandText.Write(peaks)));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("257")]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1.234567")]
    [InlineData("1,1")]
    public void One_value_that_is_none_of_ours_makes_all_of_it_forgotten(string value) =>
        Assert.Equal(new double[24], DemandText.Read($"7,{Zeros[2..]},{value}"));

    [Fact]
    public void Nothing_is_nothing_learnt() => Assert.Equal(new double[24], DemandText.Read(null));

    [Fact]
    public void Any_text_gives_a_value_for_each_hour() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(), text => DemandText.Read(text) is { Length: 24 } peaks && peaks.All(p => p is >= 0 and <= 256)).QuickCheckThrowOnFailure();
}
