using Qubes.Tools.Hosting;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Tests.Volumes;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("12", 12)]
    [InlineData("12B", 12)]
    [InlineData("1K", 1000)]
    [InlineData("1kB", 1000)]
    [InlineData("1Ki", 1024)]
    [InlineData("1kib", 1024)]
    [InlineData("2M", 2_000_000)]
    [InlineData("2MiB", 2 << 20)]
    [InlineData("10Gi", 10L << 30)]
    [InlineData("3T", 3_000_000_000_000)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_has_a_unit_or_is_bytes(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("-1")]
    [InlineData("1.5G")]
    [InlineData(" 1")]
    [InlineData("1 K")]
    [InlineData("1X")]
    [InlineData("1KiBB")]
    [InlineData("1iK")]
    [InlineData("1Bi")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775K5")]
    [InlineData("9300000T")]
    public void Anything_else_is_refused(string text) => Assert.Throws<UsageException>(() => ByteSize.Parse(text));
}
