using Qubes.Plugins.MemoryManager.Claims;

namespace Qubes.Plugins.MemoryManager.Tests.Claims;

public sealed class ClaimBookTests
{
    private const long MiB = 1 << 20;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ClaimBook book = new();

    [Fact]
    public async Task What_fits_is_granted_and_kept_until_it_is_given_up()
    {
        var claim = book.Add("a", 100);

        Assert.Equal(100, book.Answer(100, 0, 0, Start));
        Assert.True(claim.Answer.Given());
        Assert.Equal((100L, 0L), (book.OpenBytes, book.WaitingBytes));
        await claim.DisposeAsync();
        await claim.DisposeAsync();
        Assert.Equal(0, book.OpenBytes);
    }

    [Fact]
    public void A_small_claim_does_not_wait_for_a_large_one()
    {
        var large = book.Add("large", 1000);
        var small = book.Add("small", 10);

        book.Answer(100, 5000, 0, Start);

        Assert.False(large.Answer.IsCompleted);
        Assert.True(small.Answer.Given());
    }

    [Fact]
    public void What_nobody_can_give_is_refused_at_once()
    {
        var first = book.Add("a", 1000);
        var second = book.Add("b", 1000);

        book.Answer(100, 1500, 0, Start);

        Assert.False(first.Answer.IsCompleted);
        Assert.False(second.Answer.Given());
        Assert.Equal(1000, book.WaitingBytes);
    }

    [Fact]
    public void A_claim_fails_when_too_little_comes_back_within_three_seconds()
    {
        var claim = book.Add("a", 2000 * MiB);
        book.Answer(0, 4000 * MiB, 0, Start);
        book.Answer(0, 4000 * MiB, 300 * MiB, Start.AddSeconds(3));
        Assert.False(claim.Answer.IsCompleted);

        book.Answer(0, 4000 * MiB, 599 * MiB, Start.AddSeconds(6));

        Assert.False(claim.Answer.Given());
        Assert.Empty(book.Waiting);
    }

    [Fact]
    public async Task One_that_is_given_up_before_its_answer_is_refused()
    {
        var claim = book.Add("a", 1000);
        await claim.DisposeAsync();

        Assert.False(claim.Answer.Given());
        Assert.Equal(0, book.WaitingBytes);
    }

    [Fact]
    public void Only_so_many_may_wait()
    {
        for (var i = 0; i < ClaimBook.MostWaiting; i++)
            book.Add("a", 1000);

        Assert.False(book.Add("one more", 1).Answer.Given());
        Assert.Equal(ClaimBook.MostWaiting * 1000, book.WaitingBytes);
    }
}
