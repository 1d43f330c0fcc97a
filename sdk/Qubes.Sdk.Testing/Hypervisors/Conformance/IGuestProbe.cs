using Qubes.Sdk.Hypervisors;

namespace Qubes.Sdk.Testing.Hypervisors.Conformance;

/// <summary>Has a running machine's guest keep words.</summary>
public interface IGuestProbe
{
    /// <summary>
    /// Has it keep a word, in place of the one before. On a disk it need not be there when this returns: in the guest's cache is
    /// enough.
    /// </summary>
    /// <param name="machine">Running.</param>
    /// <param name="place">Where.</param>
    /// <param name="word">Six letters.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task WriteAsync(IMachine machine, GuestPlace place, string word, CancellationToken cancel);

    /// <summary>The word that it keeps there.</summary>
    Task<string> ReadAsync(IMachine machine, GuestPlace place, CancellationToken cancel);

    /// <summary>There is a disk to be looked at.</summary>
    bool HasDisk { get; }
}
