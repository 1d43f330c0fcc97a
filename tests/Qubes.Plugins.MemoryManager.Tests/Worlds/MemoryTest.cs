namespace Qubes.Plugins.MemoryManager.Tests.Worlds;

/// <summary>A test on a kernel of its own; at the end nothing may have broken unseen.</summary>
public abstract class MemoryTest : IAsyncLifetime
{
    internal const long MiB = MemoryWorld.MiB;

    internal MemoryKernel Kernel { get; set; } = null!;

    internal MemoryWorld World => Kernel.World;

    public async Task InitializeAsync() => Kernel = await MemoryKernel.StartAsync();

    public async Task DisposeAsync() => await Kernel.DisposeAsync();
}
