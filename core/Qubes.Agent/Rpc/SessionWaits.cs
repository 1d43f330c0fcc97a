using Qubes.Agent.Processes;
using Qubes.Qrexec.Rpc;

namespace Qubes.Agent.Rpc;

/// <summary>Calls that wait for a user's session: as many as there are share one run of <c>qubes.WaitForSession</c>.</summary>
internal sealed class SessionWaits(ChildTable children, ServiceStarter starter)
{
    private readonly Dictionary<string, List<Action>> waiting = [];

    /// <summary>Goes on once the session is there, or cannot be waited for; at once if there is nothing that could wait.</summary>
    public void WhenReady(string user, Action ready)
    {
        if (waiting.TryGetValue(user, out var others))
        {
            others.Add(ready);
            return;
        }

        if (Start(user) is not { } pid)
        {
            ready();
            return;
        }

        waiting.Add(user, [ready]);
        children.Watch(pid, status => Ended(user, status));
    }

    private int? Start(string user)
    {
        try
        {
            return starter.StartSessionWait(user);
        }
        catch (Exception e) when (e is ServiceException or IOException)
        {
            AgentLog.Write($"nothing waits for the session of {user}: {e.Message}");
            return null;
        }
    }

    private void Ended(string user, int status)
    {
        if (status != 0)
            AgentLog.Write($"waiting for the session of {user} ended with status {status}");
        waiting.Remove(user, out var ready);
        foreach (var next in ready!)
            next();
    }
}
