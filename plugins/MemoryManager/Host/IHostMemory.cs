namespace Qubes.Plugins.MemoryManager.Host;

/// <summary>Says how much memory the host has.</summary>
internal interface IHostMemory
{
    /// <summary>Null: it cannot be said.</summary>
    HostReading? Read();
}
