using Qubes.Plugins.Templates.Caching;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Testing.Time;

namespace Qubes.Plugins.Templates.Tests.Caching;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_lock_has_one_holder()
    {
        using (var first = FileLock.TryTake(_folder.File("lock")))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryTake(_folder.File("lock")));
        }
        using var second = FileLock.TryTake(_folder.File("lock"));
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_lock_of_another_process_counts()
    {
        using var held = FileLock.TryTake(_folder.File("lock"));

        var (status, _) = await Tool.TryRunAsync("flock", "--nonblock", _folder.File("lock"), "true");

        Assert.Equal(1, status);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_an_error_and_not_a_lock() =>
        Assert.ThrowsAny<IOException>(() => FileLock.TryTake(_folder.File("missing/lock")));

    [Fact]
    public async Task Who_waits_is_told_once_and_can_give_up()
    {
        using var held = FileLock.TryTake(_folder.File("lock"));
        using var cancel = new CancellationTokenSource();
        var told = 0;

        var waiting = FileLock.TakeAsync(_folder.File("lock"), new VirtualTimeProvider(), () => told++, cancel.Token);
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task Who_waits_gets_the_lock_when_it_is_free()
    {
        var time = new VirtualTimeProvider();
        var held = FileLock.TryTake(_folder.File("lock"))!;
        var waiting = FileLock.TakeAsync(_folder.File("lock"), time, null, CancellationToken.None);

        held.Dispose();
        time.Advance(TimeSpan.FromSeconds(1));

        using var taken = await waiting;
        Assert.Null(FileLock.TryTake(_folder.File("lock")));
    }

    public void Dispose() => _folder.Dispose();
}
