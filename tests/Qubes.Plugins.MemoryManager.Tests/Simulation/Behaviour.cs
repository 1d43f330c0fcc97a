namespace Qubes.Plugins.MemoryManager.Tests.Simulation;

/// <summary>What a simulated guest does.</summary>
internal enum Behaviour
{
    /// <summary>Says what it uses when that changes, and follows its orders at its own rate.</summary>
    Honest,

    /// <summary>Takes and says that it uses everything, whatever it has.</summary>
    Greedy,

    /// <summary>Says that it uses everything, and touches next to nothing.</summary>
    Boasting,

    /// <summary>Says that it uses everything, and never follows an order.</summary>
    Deaf,

    /// <summary>Says anything from nothing to 4 TiB, a hundred times a second.</summary>
    Babbling,
}
