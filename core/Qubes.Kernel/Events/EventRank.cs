namespace Qubes.Kernel.Events;

/// <summary>
/// Places in the order in which handlers of one event run: ascending; for a pre-event clients come before all others
/// (spec: domain model, section 9.1).
/// </summary>
internal static class EventRank
{
    /// <summary>The kernel's own handlers.</summary>
    public const int Kernel = 0;

    /// <summary>The first plugin; the n-th in dependency order is n higher.</summary>
    public const int FirstPlugin = 1000;

    /// <summary>The first script.</summary>
    public const int FirstScript = 2000;

    /// <summary>Admin API clients.</summary>
    public const int Clients = 3000;
}
