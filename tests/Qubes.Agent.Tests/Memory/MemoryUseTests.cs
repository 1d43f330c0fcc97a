using System.Text;
using FsCheck.Fluent;
using Qubes.Agent.Memory;

namespace Qubes.Agent.Tests.Memory;

public sealed class MemoryUseTests
{
    private const string Meminfo = """
        MemTotal:         400000 kB
        MemFree:          150000 kB
        MemAvailable:     300000 kB
        Buffers:            1000 kB
        Cached:           100000 kB
        SwapCached:          500 kB
        Active(anon):       7777 kB
        SwapTotal:       1000000 kB
        SwapFree:         990000 kB
        Shmem:              3000 kB
        SReclaimable:       4000 kB
        HugePages_Total:       0
        Hugepagesize:       2048 kB

        """;

    [Fact]
    public void What_is_free_or_could_be_made_free_at_once_is_no_use_and_what_is_swapped_out_is() =>
        Assert.Equal(400_000 - 150_000 - 1000 - 100_000 + 3000 - 4000 + 10_000 - 500, Of(Meminfo));

    [Fact]
    public void What_the_balloon_took_is_no_use() => Assert.Equal(Of(Meminfo) - 100_000, Of(Meminfo, ballooned: 100_000));

    [Fact]
    public void Use_is_never_negative() => Assert.Equal(0, Of(Meminfo, ballooned: 10_000_000));

    [Theory]
    [InlineData("MemTotal:         400000 kB", "")]
    [InlineData("MemTotal:         400000 kB", "MemTotal: many")]
    [InlineData("MemTotal:         400000 kB", "MemTotal: -5 kB")]
    [InlineData("Shmem:              3000 kB", "Shmem 3000 kB")]
    [InlineData("SwapFree:         990000 kB", "SwapFree: 99999999999999999999999 kB")]
    public void Without_one_of_the_lines_nothing_is_known(string line, string instead) =>
        Assert.Null(Of(Meminfo.Replace(line, instead, StringComparison.Ordinal)));

    [Fact]
    public void The_last_line_needs_no_end() => Assert.NotNull(Of(Meminfo.TrimEnd()));

    [Fact]
    public void The_balloon_holds_what_it_took_and_has_not_given_back()
    {
        Assert.Equal((500 - 200) * 4, MemoryUse.Ballooned("nr_free 5\nballoon_inflate 500\nballoon_deflate 200\nballoon_migrate 9\n"u8));
        Assert.Equal(0, MemoryUse.Ballooned("balloon_deflate 200\n"u8));
        Assert.Equal(0, MemoryUse.Ballooned(""u8));
    }

    [Fact]
    public void No_text_breaks_it() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text => Of($"MemTotal:{text} kB\n{Meminfo}") is null or >= 0 && MemoryUse.Ballooned(Encoding.UTF8.GetBytes(text ?? "")) >= 0));

    [Fact]
    public void The_machine_that_this_runs_on_uses_memory() => Assert.InRange(new GuestMemory().Measure() ?? -1, 1024, uint.MaxValue);

    private static long? Of(string meminfo, long ballooned = 0) => MemoryUse.Of(Encoding.UTF8.GetBytes(meminfo), ballooned);
}
