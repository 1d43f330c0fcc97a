using Qubes.Plugins.MemoryManager.Balancing;
using Qubes.Plugins.MemoryManager.Clients;
using Qubes.Plugins.MemoryManager.Guests;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.MemoryManager;

/// <summary>Starts and stops what works by itself.</summary>
internal sealed class MemoryManager(QubeGuests guests, Rounds rounds, ClientServer clients, AvailableFile file, BackgroundWork background) : IKernelService
{
    public Task StartAsync(CancellationToken cancel)
    {
        guests.Start();
        rounds.Start();
        clients.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await background.StopAsync();
        guests.Stop();
        file.Remove();
    }
}
