using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.MemoryManager.Pressure;

namespace Qubes.Plugins.MemoryManager.Tests.Pressure;

/// <summary>The kernel's text about stalls, and what is none.</summary>
public sealed class StallTextTests
{
    private const string Some = "some avg10=0.22 avg60=0.17 avg300=1.11 total=58761459\n";
    private const string Full = "full avg10=12.30 avg60=0.16 avg300=1.08 total=57402600\n";

    [Fact]
    public void What_everything_waited_is_read() => Assert.Equal(12.30, StallText.FullOfTenSeconds(Some + Full));

    [Fact]
    public void Kernels_own_limits_are_read() =>
        Assert.Equal(100, StallText.FullOfTenSeconds(Some + "full avg10=100.00 avg60=100.00 avg300=100.00 total=18446744073709551615\n"));

    [Theory]
    [InlineData("")]
    [InlineData(Some)]
    [InlineData(Full + Some)]
    [InlineData(Some + Full + Full)]
    [InlineData(" " + Some + Full)]
    [InlineData(Some + "full avg10=100.01 avg60=0.16 avg300=1.08 total=57402600\n")]
    [InlineData(Some + "full avg10=1.2 avg60=0.16 avg300=1.08 total=57402600\n")]
    [InlineData(Some + "full avg10=-1.20 avg60=0.16 avg300=1.08 total=57402600\n")]
    [InlineData(Some + "full avg10=1,20 avg60=0.16 avg300=1.08 total=57402600\n")]
    [InlineData(Some + "full avg10=1.20 avg60=0.16 avg300=1.08\n")]
    [InlineData(Some + "full avg10=1.20 avg60=0.16 avg300=1.08 total=574026005740260057402600\n")]
    [InlineData(Some + "full avg10=٣.20 avg60=0.16 avg300=1.08 total=57402600\n")]
    public void Anything_else_is_nothing(string text) => Assert.Null(StallText.FullOfTenSeconds(text));

    [Fact]
    public void No_text_makes_it_fail_or_answer_beyond_its_range() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(),
        text => StallText.FullOfTenSeconds(text.Get) is null && StallText.FullOfTenSeconds(Some + Full.Replace("12.30", text.Get)) is null or (>= 0 and <= 100)));

    [Fact]
    public void A_file_that_is_not_there_or_too_long_is_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("qubes-stalls-");
        try
        {
            var path = folder + "/memory";
            Assert.Null(new StallAverages(path).Read());
            File.WriteAllText(path, Some + Full);
            Assert.Equal(12.30, new StallAverages(path).Read());
            File.WriteAllText(path, Some + Full + new string('\n', StallText.MostBytes));
            Assert.Null(new StallAverages(path).Read());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_hosts_own_file_is_read_where_it_has_one()
    {
        if (File.Exists(StallAverages.OfHost))
            Assert.InRange(new StallAverages().Read() ?? 0, 0, 100);
        else
            Assert.Null(new StallAverages().Read());
    }
}
