namespace Qubes.Sdk.Memory;

/// <summary>How short of memory the host is, by the kernel's pressure information and its free memory; changes are <c>HostMemoryPressureChanged</c>.</summary>
public enum MemoryPressure
{
    /// <summary>There is enough: what gave way may come back.</summary>
    None,

    /// <summary>Nothing more is taken that nobody asked for.</summary>
    Tight,

    /// <summary>What nobody uses has to be given back.</summary>
    High,
}
