using Qubes.Qrexec.Vchan;

namespace Qubes.Plugins.Qrexec.Ports;

/// <summary>A guest's end of one data connection, from the allocation of its port until the guest is done with it.</summary>
/// <param name="address">The guest's peer, and the port that the two of them share.</param>
/// <param name="serve">Serves the channel that the guest opens; owns it. Never throws.</param>
internal sealed class DataPort(VchanAddress address, Func<IVchan, Task> serve)
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task serving = Task.CompletedTask;
    private bool hasBegun;

    /// <summary>The peer's domain id and the port.</summary>
    public VchanAddress Address => address;

    /// <summary>513 to 768.</summary>
    public int Number => address.Port;

    /// <summary>Completes when the connection has ended and everything that the guest sent was passed on.</summary>
    public Task Ended => ended.Task;

    /// <summary>Begins to serve the guest's channel; false if it was begun before: a guest connects once.</summary>
    public bool TryBegin(IVchan channel)
    {
        if (hasBegun)
            return false;
        hasBegun = true;
        serving = serve(channel);
        return true;
    }

    /// <summary>The guest says that its end is done.</summary>
    public async Task EndAsync()
    {
        hasBegun = true;
        await serving;
        ended.TrySetResult();
    }

    /// <summary>The line to the guest is gone.</summary>
    public void Abandon() => ended.TrySetResult();
}
