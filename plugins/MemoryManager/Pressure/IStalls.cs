namespace Qubes.Plugins.MemoryManager.Pressure;

/// <summary>Tells when something had to wait for memory, at once.</summary>
internal interface IStalls : IDisposable
{
    /// <summary>Ends at the next stall, counted from when it was asked for.</summary>
    Task Next { get; }
}
