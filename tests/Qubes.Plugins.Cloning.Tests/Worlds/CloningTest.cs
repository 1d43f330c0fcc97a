namespace Qubes.Plugins.Cloning.Tests.Worlds;

/// <summary>A test on a kernel of its own; at the end nothing may have broken unseen.</summary>
public abstract class CloningTest : IAsyncLifetime
{
    internal CloningKernel Kernel { get; set; } = null!;

    internal CloningWorld World => Kernel.World;

    public async Task InitializeAsync() => Kernel = await CloningKernel.StartAsync();

    public async Task DisposeAsync() => await Kernel.DisposeAsync();
}
