namespace Qubes.Plugins.Preload.Tests.Worlds;

/// <summary>A test on a kernel of its own; at the end nothing may have broken unseen.</summary>
public abstract class PreloadTest : IAsyncLifetime
{
    internal PreloadKernel Kernel { get; set; } = null!;

    internal PreloadWorld World => Kernel.World;

    public async Task InitializeAsync() => Kernel = await PreloadKernel.StartAsync();

    public async Task DisposeAsync() => await Kernel.DisposeAsync();

    /// <summary>Has the template <c>dvm</c> preload that many, and waits until they are there.</summary>
    internal async Task<string[]> PreloadAsync(int count)
    {
        await Kernel.SetAsync("dvm", "preload-dispvm-max", $"{count}");
        var queue = await Kernel.QueueAsync();
        Assert.Equal(count, queue.Length);
        return queue;
    }
}
