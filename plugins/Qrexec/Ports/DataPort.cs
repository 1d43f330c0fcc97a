using Qubes.Qrexec.Link;
using Qubes.Sdk.LocalSockets;

namespace Qubes.Plugins.Qrexec.Ports;

/// <summary>One data connection, from the allocation of its port to its end.</summary>
/// <param name="number">513 to 768.</param>
/// <param name="client">The host client that asked for it, and that must serve its vchan.</param>
/// <param name="serve">Serves the channel in this process, with no host client; owns it. Never throws.</param>
internal sealed class DataPort(int number, PeerCredentials client, Func<LinkChannel, Task>? serve = null)
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task relaying = Task.CompletedTask;
    private bool hasBegun;

    public int Number => number;

    public PeerCredentials Client => client;

    public Func<LinkChannel, Task>? Serve => serve;

    /// <summary>Completes when the connection has ended and everything that the guest sent was passed on.</summary>
    public Task Ended => ended.Task;

    /// <summary>Begins to relay; false if it was begun before: a guest connects once.</summary>
    public bool TryBegin(Func<Task> relay)
    {
        if (hasBegun)
            return false;
        hasBegun = true;
        relaying = relay();
        return true;
    }

    /// <summary>The guest says that its end is done.</summary>
    public async Task EndAsync()
    {
        hasBegun = true;
        await relaying;
        ended.TrySetResult();
    }

    /// <summary>The line to the guest is gone.</summary>
    public void Abandon() => ended.TrySetResult();
}
