using Qubes.Plugins.MemoryManager.Pressure;

namespace Qubes.Plugins.MemoryManager.Tests.Pressure;

/// <summary>The kernel's own watch, on this host.</summary>
public sealed class StallTriggerTests
{
    private static int Watching => Directory.GetFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget == StallAverages.OfHost);

    [Fact]
    public async Task It_is_armed_where_the_kernel_has_it_and_closed_when_it_is_disposed_of()
    {
        var before = Watching;
        using (var trigger = StallTrigger.TryOpen())
        {
            if (trigger is null)
            {
                Assert.False(File.Exists(StallAverages.OfHost) && Environment.IsPrivilegedProcess && new StallAverages().Read() is not null);
                return;
            }
            Assert.Equal(before + 1, Watching);
            Assert.False(trigger.Next.IsFaulted);
        }
        for (var i = 0; Watching > before; i++)
        {
            Assert.True(i < 2000, "the descriptor stays open");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    [Fact]
    public void A_kernel_without_it_has_none() => Assert.Null(StallTrigger.TryOpen("/proc/pressure/no-such-thing"));

    [Fact]
    public void A_file_that_cannot_be_written_is_none() => Assert.Null(StallTrigger.TryOpen("/proc/meminfo"));
}
