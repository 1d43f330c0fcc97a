using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Plugins.MemoryManager.Settings;

namespace Qubes.Plugins.MemoryManager.Tests.Guests;

/// <summary>The vectors of the spec (qmemman, section 3), with its built-in constants.</summary>
public sealed class PreferredMemoryTests
{
    private const long MiB = 1 << 20;
    private static readonly MemoryOptions BuiltIn = new() { Floor = 200 * MiB, Boost = 350 * MiB };

    [Theory]
    [InlineData(1024, 1681.2)]
    [InlineData(5000, 4096)]
    public void The_host_prefers_its_boost_more(long used, double preferred) =>
        Assert.Equal((long)(preferred * MiB), PreferredMemory.OfHost(BuiltIn, used * MiB, 4096 * MiB));

    [Theory]
    [InlineData(1024, 1331.2)]
    [InlineData(5000, 4096)]
    [InlineData(10, 200)]
    public void A_guest_prefers_room_for_its_cache_and_the_floor_at_least(long used, double preferred) =>
        Assert.Equal((long)(preferred * MiB), PreferredMemory.OfGuest(BuiltIn, used * MiB, 4096 * MiB));

    [Theory]
    [InlineData(1024, 307)]
    [InlineData(2024, 0)]
    public void What_it_lacks_is_counted_from_what_it_has(long has, long lacks)
    {
        var ledger = new Ledger(BuiltIn);
        var guest = new Guest("a", 1, 4096 * MiB, has * MiB);
        ledger.Add(guest);
        ledger.Say(guest, 1024 * MiB);
        ledger.TakeChanges(default);

        Assert.Equal(lacks, ledger.Shortage / MiB);
        Assert.Equal(lacks > 0 ? 0 : 692, ledger.Surplus / MiB);
    }
}
