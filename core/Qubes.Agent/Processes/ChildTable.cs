using Qubes.Agent.Loop;
using Qubes.Agent.Native;

namespace Qubes.Agent.Processes;

/// <summary>The processes that the agent started and waits for; as pid 1 also reaps everyone else's orphans.</summary>
internal sealed class ChildTable(EventLoop loop)
{
    private readonly Dictionary<int, (int Pidfd, Action<int> Ended)> children = [];

    /// <summary>Waits for a child; its status, as a shell shows it, is told once.</summary>
    public void Watch(int pid, Action<int> ended)
    {
        var pidfd = Libc.OpenPidfd(pid);
        children.Add(pid, (pidfd, ended));
        if (pidfd >= 0)
            loop.Add(pidfd, EpollEvent.In, _ => Reap());
    }

    /// <summary>None is left.</summary>
    public event Action? Emptied;

    /// <summary>How many there are.</summary>
    public int Count => children.Count;

    /// <summary>Makes all of them end, and whoever is in their process groups still.</summary>
    public void EndAll()
    {
        foreach (var pid in children.Keys)
            Libc.SignalGroup(pid, Libc.Kill);
    }

    /// <summary>Reaps all that have ended, known or not.</summary>
    public void Reap()
    {
        while (Libc.Reap(-1, wait: false) is { Pid: > 0 } dead)
        {
            if (!children.Remove(dead.Pid, out var child))
                continue;
            if (child.Pidfd >= 0)
            {
                loop.Remove(child.Pidfd);
                Descriptors.Close(child.Pidfd);
            }

            child.Ended(dead.Status);
            if (children.Count == 0)
                Emptied?.Invoke();
        }
    }
}
