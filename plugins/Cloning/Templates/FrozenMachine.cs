using Qubes.Plugins.Cloning.Copies;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Cloning.Templates;

/// <summary>A memory template with the frozen disks that belong to it. Used on the kernel loop.</summary>
/// <param name="driver">Which has it.</param>
/// <param name="memory">The driver's part.</param>
internal sealed class FrozenMachine(ICloningDriver driver, MemoryTemplate memory)
{
    /// <summary>Which has it.</summary>
    public ICloningDriver Driver => driver;

    /// <summary>The driver's part.</summary>
    public MemoryTemplate Memory => memory;

    /// <summary>What it is called by driver and pools.</summary>
    public string Key => memory.Key;

    /// <summary>Enough of the key to tell it from others, for people.</summary>
    public string ShortKey => memory.Key[..12];

    /// <summary>The driver still has it.</summary>
    public bool Exists => driver.MemoryTemplates.Any(t => t.Key == Key);

    /// <summary>Pools and names of the frozen volumes in the machine's order; null: no copy was asked for since the daemon started.</summary>
    public IReadOnlyList<(IFreezingPool Pool, string Name)>? Disks { get; set; }

    /// <summary>Processes that wait for a request.</summary>
    public Queue<Reserve> Shelf { get; } = new();

    /// <summary>Copies that are being made just now: it is not removed under them.</summary>
    public int Users { get; set; }

    /// <summary>When a copy was last asked for.</summary>
    public DateTimeOffset LastUse { get; set; } = memory.Made;
}
