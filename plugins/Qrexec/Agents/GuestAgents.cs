using Qubes.Plugins.Qrexec.Calls;
using Qubes.Plugins.Qrexec.Ports;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.LocalSockets;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Qrexec.Agents;

/// <summary>The agents of all running guests. Used on the kernel loop.</summary>
internal sealed class GuestAgents(
    QubesPaths paths, GuestRegistry registry, CallIntake calls, CallTargets targets, DataRelays relays, CopyRehearsals rehearsals,
    Func<Guest, GuestAgent> serve)
    : IGuestAgents, IGuestServices, IKernelService
{
    private bool isPrepared;

    public Task StartAsync(CancellationToken cancel)
    {
        Prepare();
        targets.EndOrphans();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await Task.WhenAll(registry.Clear().Select(a => a.DisposeAsync().AsTask()));
        await calls.StopAsync();
        await relays.StopAsync();
    }

    public Task ConnectAsync(IQube qube, CancellationToken cancel) => ConnectAsync(qube, agent => agent.ConnectAsync(cancel));

    public Task ConnectCloneAsync(IQube qube, GuestIdentity identity, CancellationToken cancel)
    {
        GuestIdentity whole = identity.DefaultUser.Length > 0 ? identity : identity with { DefaultUser = ServiceCommand.DefaultUser(qube) };
        return ConnectAsync(qube, agent => agent.ConnectCloneAsync(whole, cancel));
    }

    public Task RehearseAsync(IMachine machine, string user, CancellationToken cancel) =>
        Task.Run(() => rehearsals.RunAsync(machine, user.Length > 0 ? user : ServiceCommand.AnyUser, cancel), CancellationToken.None);

    public async Task SealAsync(IQube qube, CancellationToken cancel)
    {
        if (registry.Find(qube.Uuid) is not { } agent)
            throw new QubeNotRunningException($"Cannot prepare '{qube.Name}' for being frozen: its agent is not connected.");
        try
        {
            await Task.Run(() => agent.SealAsync(cancel), CancellationToken.None);
        }
        finally
        {
            // Sealed or not: it serves nothing any more, and must not be connected again.
            registry.Remove(qube.Uuid, agent);
            await agent.DisposeAsync();
        }
    }

    public bool IsConnected(IQube qube) => registry.Find(qube.Uuid) is { IsConnected: true };

    public Task<bool> RequestPowerOffAsync(IQube qube, CancellationToken cancel) =>
        registry.Find(qube.Uuid) is { } agent
            ? agent.RequestPowerOffAsync(cancel)
            : Task.FromResult(false);

    public void SetClock(IQube qube, DateTimeOffset time) => registry.Find(qube.Uuid)?.SetClock(time);

    public Task<GuestServiceResult> CallAsync(
        IQube qube, string service, string? user, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        if (registry.Find(qube.Uuid) is not { } agent)
            throw new QubeNotRunningException($"Cannot call {service} in '{qube.Name}': its agent is not connected.");
        string command = ServiceCommand.For(string.IsNullOrEmpty(user) ? ServiceCommand.DefaultUser(qube) : user, service);
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

    private async Task ConnectAsync(IQube qube, Func<GuestAgent, Task> connect)
    {
        Prepare();
        var machine = qube.Machine
            ?? throw new QubeNotRunningException($"Cannot connect to the agent of '{qube.Name}': it is not running.");
        if (machine.AgentSocketPath.Length == 0)
            throw new QubeException($"The hypervisor of '{qube.Name}' offers no way to an agent; without the feature qrexec it starts without one.");
        GuestAgent agent = serve(new Guest(qube, machine, qube.Name, qube.Uuid));
        if (registry.Replace(qube.Uuid, agent) is { } old)
            await old.DisposeAsync();
        try
        {
            await connect(agent);
        }
        catch
        {
            registry.Remove(qube.Uuid, agent);
            await agent.DisposeAsync();
            throw;
        }
        _ = ForgetWhenOverAsync(qube.Uuid, agent);
    }

    private async Task ForgetWhenOverAsync(Guid uuid, GuestAgent agent)
    {
        await agent.Completion.ConfigureAwait(false);
        registry.Remove(uuid, agent);
    }
}
