using Qubes.Plugins.MemoryManager.Balancing;

namespace Qubes.Plugins.MemoryManager.Tests.Balancing;

/// <summary>The vectors of the spec (qmemman, section 5).</summary>
public sealed class DonorPlanTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Each_gives_in_proportion_to_what_it_has_beyond_its_need()
    {
        // dom0 used 1024, has 1736; dom1 used 512, has 1536; dom2 at its maximum and dom3 unknown give nothing.
        var plan = DonorPlan.Of([(1736 * MiB, Surplus(1736, 1024 * 1.3 + 350)), (1536 * MiB, Surplus(1536, 512 * 1.3))], 400 * MiB);

        Assert.Equal([1794242737L, 1196296014L], Assert.IsType<long[]>(plan));
    }

    [Fact]
    public void What_they_do_not_have_together_is_not_asked_for() =>
        Assert.Null(DonorPlan.Of([(1736 * MiB, Surplus(1736, 1024 * 1.3 + 350)), (1536 * MiB, Surplus(1536, 1024 * 1.3))], 400 * MiB));

    [Fact]
    public void Nobody_gives_more_than_it_has_beyond_its_need() =>
        Assert.Equal([600 * MiB], DonorPlan.Of([(1000 * MiB, 400 * MiB)], 400 * MiB)!);

    private static double Surplus(long actual, double preferred) => actual * MiB - (long)(preferred * MiB);
}
