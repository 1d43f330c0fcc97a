using Qubes.Sdk.Memory;

namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>How short of memory the host is. Used on the kernel loop.</summary>
internal sealed class HostPressure
{
    /// <summary>None as long as nobody measures it.</summary>
    public MemoryPressure Current { get; set; } = MemoryPressure.None;
}
