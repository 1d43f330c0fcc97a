namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>The agents of all running guests by their qube's UUID. Safe to use from several threads.</summary>
internal sealed class GuestRegistry
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, GuestAgent> agents = [];

    /// <summary>The agent, be it connected or not; null if there is none.</summary>
    public GuestAgent? Find(Guid qube)
    {
        lock (gate)
            return agents.GetValueOrDefault(qube);
    }

    /// <summary>An agent is about to be connected; returns the one whose place it takes.</summary>
    public GuestAgent? Replace(Guid qube, GuestAgent agent)
    {
        lock (gate)
        {
            GuestAgent? old = agents.GetValueOrDefault(qube);
            agents[qube] = agent;
            return old;
        }
    }

    /// <summary>Forgets the agent, unless another has taken its place.</summary>
    public void Remove(Guid qube, GuestAgent agent)
    {
        lock (gate)
        {
            if (agents.TryGetValue(qube, out GuestAgent? current) && current == agent)
                agents.Remove(qube);
        }
    }

    /// <summary>Forgets and returns all.</summary>
    public IReadOnlyList<GuestAgent> Clear()
    {
        lock (gate)
        {
            GuestAgent[] all = [.. agents.Values];
            agents.Clear();
            return all;
        }
    }
}
