using Qubes.Plugins.Qrexec.Agents;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>A running qube that a call was given, until the call is over.</summary>
/// <param name="agent">Its agent.</param>
/// <param name="user">The user that services run as when policy names none.</param>
/// <param name="leave">What is due when the call is over.</param>
internal sealed class CallTarget(GuestAgent agent, string user, Func<Task> leave) : IAsyncDisposable
{
    public GuestAgent Agent => agent;

    public string DefaultUser => user;

    public async ValueTask DisposeAsync() => await leave();
}
