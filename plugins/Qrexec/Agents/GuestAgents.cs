using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>The agents of all running guests. Used on the kernel loop.</summary>
internal sealed class GuestAgents(QubesPaths paths, IKernelLoop loop, DataRelays relays, Func<Guest, GuestAgent> serve)
    : IGuestAgents, IGuestServices, IKernelService
{
    private readonly Dictionary<Guid, GuestAgent> agents = [];
    private bool isPrepared;

    public Task StartAsync(CancellationToken cancel)
    {
        Prepare();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        GuestAgent[] all = [.. agents.Values];
        agents.Clear();
        await Task.WhenAll(all.Select(a => a.DisposeAsync().AsTask()));
        await relays.StopAsync();
    }

    public async Task ConnectAsync(IQube qube, CancellationToken cancel)
    {
        Prepare();
        var machine = qube.Machine
            ?? throw new QubeNotRunningException($"Cannot connect to the agent of '{qube.Name}': it is not running.");
        if (agents.Remove(qube.Uuid, out GuestAgent? old))
            await old.DisposeAsync();

        GuestAgent agent = serve(new Guest(qube, machine, qube.Name, qube.Uuid));
        agents.Add(qube.Uuid, agent);
        try
        {
            await agent.ConnectAsync(cancel);
        }
        catch
        {
            Forget(qube.Uuid, agent);
            await agent.DisposeAsync();
            throw;
        }
        _ = ForgetWhenOverAsync(qube.Uuid, agent);
    }

    public bool IsConnected(IQube qube) => agents.TryGetValue(qube.Uuid, out GuestAgent? agent) && agent.IsConnected;

    public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel) =>
        agents.TryGetValue(qube.Uuid, out GuestAgent? agent)
            ? agent.RequestPowerOffAsync(cancel)
            : Task.FromResult(false);

    public void SetClock(IQube qube, DateTimeOffset time)
    {
        if (agents.TryGetValue(qube.Uuid, out GuestAgent? agent))
            agent.SetClock(time);
    }

    public Task<GuestServiceResult> CallAsync(
        IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        if (!agents.TryGetValue(qube.Uuid, out GuestAgent? agent))
            throw new QubeNotRunningException($"Cannot call {service} in '{qube.Name}': its agent is not connected.");
        if (string.IsNullOrEmpty(user))
            user = qube.Properties.Get(QubeProperties.DefaultUser);
        string command = ServiceCommand.For(string.IsNullOrEmpty(user) ? "user" : user, service);
        return Task.Run(() => agent.CallAsync(command, input, cancel), cancel);
    }

    // Machines are adopted, and their agents connected, before services start; whoever comes first makes room.
    private void Prepare()
    {
        if (isPrepared)
            return;
        isPrepared = true;
        Directory.CreateDirectory(paths.Runtime);
        // A socket means that an agent is connected; those that a daemon left behind when it broke are lies.
        foreach (string left in Directory.EnumerateFiles(paths.Runtime, "qrexec.*"))
            File.Delete(left);
        LocalDirectory.Open(paths.Vchan);
    }

    private async Task ForgetWhenOverAsync(Guid uuid, GuestAgent agent)
    {
        await agent.Completion.ConfigureAwait(false);
        loop.Post(() => Forget(uuid, agent));
    }

    private void Forget(Guid uuid, GuestAgent agent)
    {
        if (agents.TryGetValue(uuid, out GuestAgent? current) && current == agent)
            agents.Remove(uuid);
    }
}
