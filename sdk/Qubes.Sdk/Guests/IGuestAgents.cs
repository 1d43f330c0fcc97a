using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Sdk.Guests;

/// <summary>Extension point: the host's side of the agents inside qubes. Called on the kernel loop.</summary>
public interface IGuestAgents
{
    /// <summary>
    /// Connects to the agent of a machine that has just booted or was adopted, and serves it until the machine ends.
    /// </summary>
    /// <exception cref="QubeException">It did not answer before <paramref name="cancel"/>, or speaks another language.</exception>
    Task ConnectAsync(IQube qube, CancellationToken cancel);

    /// <summary>Whether the agent is connected and answers.</summary>
    bool IsConnected(IQube qube);

    /// <summary>Asks the guest to power off; false when no agent is there to ask.</summary>
    Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel);

    /// <summary>
    /// Tells the guest the time, to the second, before the next call that it is asked to serve; nothing when no agent is there
    /// to tell.
    /// </summary>
    void SetClock(IQube qube, DateTimeOffset time);
}
