using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>
/// Leases of the Admin API's clients, who connect anew for each call: one that is silent for too long has gone, and with it go the
/// disposables that it got. Used on the kernel loop.
/// </summary>
internal sealed class HeldLeases(BatchLeases leases, BackgroundWork background, TimeProvider time, ILogger<HeldLeases> log)
{
    /// <summary>A client that says nothing for longer has gone.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, HeldLease> byId = new(StringComparer.Ordinal);

    /// <returns>What the client is to call it by.</returns>
    /// <inheritdoc cref="BatchLeases.Begin"/>
    public string Begin(DisposableRequest request, IQube destination, int count)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var held = new HeldLease(id, destination, leases.Begin(request, count)) { LastHeard = time.GetUtcNow() };
        byId.Add(id, held);
        background.Start($"watching a lease of '{request.RequestedBy.Name}'", stop => WatchAsync(held, stop));
        return id;
    }

    /// <summary>Does what a client asks of its lease, and notes that it is there.</summary>
    /// <exception cref="QubesException">It has none of that name here.</exception>
    public async Task<T> WithAsync<T>(string id, IQube holder, IQube destination, Func<Lease, Task<T>> work)
    {
        // One answer for all: nobody learns of others' leases.
        if (!byId.TryGetValue(id, out var held) || held.Lease.Holder != holder || held.Destination != destination)
            throw new QubesException($"'{holder.Name}' holds no such lease of '{destination.Name}': it has ended, or was silent for {LongestSilence.TotalSeconds} s");
        held.Calls++;
        try
        {
            return await work(held.Lease);
        }
        finally
        {
            held.Calls--;
            held.LastHeard = time.GetUtcNow();
        }
    }

    private async Task WatchAsync(HeldLease held, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, held.Lease.WhenEnded);
        try
        {
            while (held.LastHeard + LongestSilence is var until && (held.Calls > 0 || until > time.GetUtcNow()))
                await Task.Delay(held.Calls > 0 ? LongestSilence : until - time.GetUtcNow(), time, over.Token);
            Log.LeaseExpired(log, held.Lease.Holder.Name, held.Lease.Template.Name);
            await held.Lease.ExpireAsync($"nothing was heard of its holder for {LongestSilence.TotalSeconds} s");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // It was ended.
        }
        finally
        {
            byId.Remove(held.Id);
        }
    }
}
