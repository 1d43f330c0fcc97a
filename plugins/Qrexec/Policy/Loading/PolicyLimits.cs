namespace Qubes.Policy.Loading;

/// <summary>How much a policy may hold; more is a load error. Far above what anyone writes by hand.</summary>
public static class PolicyLimits
{
    /// <summary>Bytes in one file.</summary>
    public const int FileBytes = 1 << 20;

    /// <summary>Bytes of all files together, one that is included twice counted twice.</summary>
    public const int TotalBytes = 32 << 20;

    /// <summary>Lines of all files together, likewise.</summary>
    public const int TotalLines = 200_000;

    /// <summary>Files that include one another, the outermost counted.</summary>
    public const int Depth = 32;

    /// <summary>Files that are read, one that is included twice counted twice.</summary>
    public const int Files = 4096;
}
