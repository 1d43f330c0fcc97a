using Qubes.Plugins.MemoryManager.Balancing;

namespace Qubes.Plugins.MemoryManager.Tests.Balancing;

/// <summary>The formulas of the spec (qmemman, section 4), in whole bytes.</summary>
public sealed class SharesTests
{
    [Fact]
    public void What_is_left_over_is_shared_in_proportion_to_what_is_preferred()
    {
        // 1000 and 3000 preferred, 2000 left: the spec gives each int(0.999 x (preferred + preferred / 4000 x 2000)).
        const double level = (4000 + 2000) / 4000.0;

        Assert.Equal(1498, Shares.OfEnough(level, 1000, 10_000));
        Assert.Equal(4495, Shares.OfEnough(level, 3000, 10_000));
        Assert.Equal(4000, Shares.OfEnough(level, 3000, 4000));
    }

    [Fact]
    public void What_is_squeezed_out_goes_to_those_below_their_need()
    {
        Assert.Equal(599, Shares.OfTooLittle(400, 1000, 4000, 500, 10_000));
        Assert.Equal(1298, Shares.OfTooLittle(400, 3000, 4000, 1000, 1298));
    }
}
