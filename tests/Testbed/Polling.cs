namespace Qubes.Testbed;

/// <summary>Looks again and again at what nothing tells of. Pauses in between: looking costs processors that the machines under test need.</summary>
public static class Polling
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The first thing seen that is as wanted; fails when there is none in time.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, Task<bool>> isIt, TimeSpan patience)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (await isIt(seen))
                return seen;
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < patience, $"after {patience} it was still {seen}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <inheritdoc cref="UntilAsync{T}(Func{Task{T}}, Func{T, Task{bool}}, TimeSpan)"/>
    public static Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isIt, TimeSpan patience) =>
        UntilAsync(look, seen => Task.FromResult(isIt(seen)), patience);
}
