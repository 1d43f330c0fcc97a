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

    /// <summary>
    /// Connects to the agent of a machine that was copied from a frozen one and has just been let go, and gives it an identity of its
    /// own before it is asked to serve anything: fresh entropy, credited and followed by a reseed of the kernel's generator; time;
    /// host name, machine id, boot id. Unless the agent says that all of it was done, it is not connected.
    /// </summary>
    /// <exception cref="QubeException">It did not answer before <paramref name="cancel"/>, or said what it could not do.</exception>
    Task ConnectCloneAsync(IQube qube, GuestIdentity identity, CancellationToken cancel) =>
        throw new QubeException($"Nobody here can give the copy '{qube.Name}' an identity of its own");

    /// <summary>
    /// Has a copy that no qube has yet do once what each copy does first: take an identity, which is random and void afterwards, and
    /// serve a call. Then it is sealed again, and the line to it is kept for <see cref="ConnectCloneAsync"/> of the qube that gets it.
    /// </summary>
    /// <param name="machine">A reserved machine while it runs (<see cref="Hypervisors.IReservedMachine.RehearseAsync"/>).</param>
    /// <param name="user">Who services run as.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="QubeException">It did not, before <paramref name="cancel"/>; nobody may have it then.</exception>
    Task RehearseAsync(Hypervisors.IMachine machine, string user, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>
    /// Prepares a connected guest for being frozen: its agent ends the services that still run, has everything written to the disks,
    /// and from then on takes nothing but an identity (<see cref="ConnectCloneAsync"/>). It is not connected afterwards.
    /// </summary>
    /// <exception cref="QubeException">It did not answer before <paramref name="cancel"/>, or cannot be frozen.</exception>
    Task SealAsync(IQube qube, CancellationToken cancel) =>
        throw new QubeException($"Nobody here can prepare '{qube.Name}' for being frozen");

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
