using Microsoft.Extensions.Logging;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Copies;

/// <summary>Keeps processes ready for templates in use, so that a request pays for no start of one. Used on the kernel loop.</summary>
internal sealed class Reserves(
    CloningOptions options, IExtensions extensions, BackgroundWork background, TimeProvider time, ILogger<Reserves> log)
{
    // The copy that was just taken has something to do, and its caller waits for that; to start another process costs 50 ms of a processor.
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan RehearsalLimit = TimeSpan.FromSeconds(30);

    private readonly HashSet<FrozenMachine> filling = [];

    // What nobody asked for is not begun then.
    private bool IsMemoryShort => extensions.All<IMemoryBroker>().Any(b => b.Pressure != MemoryPressure.None);

    /// <summary>One that waits, where somebody waits for it, or one that is made now; the caller's.</summary>
    /// <exception cref="QubesException">Pool or hypervisor refuse.</exception>
    public static async Task<Reserve> TakeAsync(FrozenMachine frozen, CloneMemory memory, bool isUrgent, CancellationToken cancel)
    {
        while (isUrgent && frozen.Shelf.TryDequeue(out var reserve))
        {
            if (reserve.Memory == memory && !reserve.Machine.Lost.IsCompleted)
                return reserve;
            await reserve.DisposeAsync();
        }
        return await Reserve.MakeAsync(frozen, memory, cancel);
    }

    /// <summary>As <see cref="Refill"/>, when the copy that was taken has begun its work.</summary>
    public void Replace(TemplateRecord record) => Refill(record, Courtesy);

    /// <summary>Makes what is missing, in the background; a failure leaves it to the next request.</summary>
    public void Refill(TemplateRecord record) => Refill(record, TimeSpan.Zero);

    private void Refill(TemplateRecord record, TimeSpan after)
    {
        if (record is { IsInUse: true, Ready: { Disks: not null } frozen } && frozen.Shelf.Count < options.Reserve && !IsMemoryShort && filling.Add(frozen))
            background.Post($"keeping a reserve for '{record.Owner.Name}'", stop => FillAsync(record, frozen, after, stop));
    }

    /// <summary>Ends all that wait.</summary>
    public static async Task EmptyAsync(FrozenMachine frozen)
    {
        while (frozen.Shelf.TryDequeue(out var reserve))
            await reserve.DisposeAsync();
    }

    private async Task FillAsync(TemplateRecord record, FrozenMachine frozen, TimeSpan after, CancellationToken stop)
    {
        try
        {
            await Task.Delay(after, time, stop);
            while (IsWanted() && frozen.Shelf.Count < options.Reserve)
            {
                var reserve = await MakeAsync(record, frozen, stop);
                if (!IsWanted() || stop.IsCancellationRequested)
                {
                    await reserve.DisposeAsync(); // things have changed meanwhile
                    return;
                }
                frozen.Shelf.Enqueue(reserve);
                _ = FollowAsync(frozen, reserve);
            }
        }
        catch (QubesException e)
        {
            Log.NoReserve(log, record.Owner.Name, e.Message);
        }
        finally
        {
            filling.Remove(frozen);
        }

        bool IsWanted() => record.Ready == frozen && !IsMemoryShort;
    }

    private async Task<Reserve> MakeAsync(TemplateRecord record, FrozenMachine frozen, CancellationToken stop)
    {
        var reserve = await Reserve.MakeAsync(frozen, CloneChoice.MemoryOf(record.Owner), stop);
        if (!options.Rehearses)
            return reserve;
        try
        {
            await RehearseAsync(reserve, record.Owner.Properties.Get(QubeProperties.DefaultUser) ?? "", stop);
            return reserve;
        }
        catch
        {
            await reserve.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has it go once through what its qube's caller would wait for.</summary>
    private async Task RehearseAsync(Reserve reserve, string user, CancellationToken stop)
    {
        var all = extensions.All<IGuestAgents>();
        using var deadline = new CancellationTokenSource(RehearsalLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            await reserve.Machine.RehearseAsync(PlayAsync, either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new QubeException($"a copy did not rehearse to the end within {RehearsalLimit.TotalSeconds} s");
        }

        async Task PlayAsync(IMachine machine, CancellationToken cancel)
        {
            foreach (var agents in all)
                await agents.RehearseAsync(machine, user, cancel).ConfigureAwait(false);
        }
    }

    // One that ends by itself is taken off the shelf at once, with its layers, and not replaced before the next request.
    private async Task FollowAsync(FrozenMachine frozen, Reserve reserve)
    {
        await reserve.Machine.Lost;
        if (!frozen.Shelf.Contains(reserve))
            return;
        var others = frozen.Shelf.Where(r => r != reserve).ToList();
        frozen.Shelf.Clear();
        others.ForEach(frozen.Shelf.Enqueue);
        background.Start("clearing away a reserve that ended", _ => reserve.DisposeAsync().AsTask());
    }
}
