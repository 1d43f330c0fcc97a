using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Tests.Wire;

public sealed class WireValueTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("\t 42 \r\n", 42)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_is_a_decimal_number(string text, long size) => Assert.Equal(size, WireNumber.Size(Bytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("00")]
    [InlineData("+1")]
    [InlineData("-0")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData("1\0")]
    [InlineData("9223372036854775808")]
    [InlineData("00000000000000000001")]
    public void Anything_else_is_no_size(string text) => Assert.Throws<ProtocolException>(() => WireNumber.Size(Bytes(text)));

    [Theory]
    [InlineData("-1", -1)]
    [InlineData("-20", -20)]
    [InlineData("7", 7)]
    public void Revisions_may_be_negative(string text, int revisions) => Assert.Equal(revisions, WireNumber.Revisions(Bytes(text)));

    [Theory]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("-01")]
    [InlineData("1\n")]
    [InlineData("2147483648")]
    public void Anything_else_is_no_count_of_revisions(string text) =>
        Assert.Throws<ProtocolException>(() => WireNumber.Revisions(Bytes(text)));

    [Fact]
    public void Every_size_is_read_back() => Check.QuickThrowOnFailure(Prop.ForAll((NonNegativeInt number) =>
        WireNumber.Size(Bytes(number.Get.ToString(CultureInfo.InvariantCulture))) == number.Get));

    [Fact]
    public void Any_bytes_are_a_size_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes) =>
    {
        try
        {
            return WireNumber.Size(bytes) >= 0;
        }
        catch (ProtocolException)
        {
            return true;
        }
    }));

    [Theory]
    [InlineData("1", true)]
    [InlineData("Yes", true)]
    [InlineData("TRUE", true)]
    [InlineData("on", true)]
    [InlineData("0", false)]
    [InlineData("nO", false)]
    [InlineData("False", false)]
    [InlineData("off", false)]
    public void A_flag_has_eight_words(string text, bool flag) => Assert.Equal(flag, WireFlag.Parse(Bytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("y")]
    [InlineData("true ")]
    [InlineData("2")]
    [InlineData("\u00fe")]
    public void Anything_else_is_no_flag(string text) => Assert.Throws<ProtocolException>(() => WireFlag.Parse(Bytes(text)));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
