using Qubes.Plugins.Preload.Queue;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Features;

/// <summary>Refuses queues that the daemon's own code must never write (spec: preloaded disposables, section 3, "queue").</summary>
internal sealed class QueueRules(PreloadQueue queue, IEventBus events, IQubes qubes) : IKernelService
{
    private IDisposable? subscription;

    public Task StartAsync(CancellationToken cancel)
    {
        subscription = events.Subscribe<FeatureSetting>(Check);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancel)
    {
        subscription?.Dispose();
        return Task.CompletedTask;
    }

    private void Check(FeatureSetting e)
    {
        if (e.Feature != PreloadFeatures.Queue || e.Qube.Class is not (QubeClass.AppVM or QubeClass.StandaloneVM))
            return;
        var (now, before) = (PreloadQueue.Split(e.Value), PreloadQueue.Split(e.OldValue));
        if (now.Length == 0 || now.Order().SequenceEqual(before.Order()))
            return;
        if (Math.Max(queue.LongestOf(e.Qube), before.Length) is var most && now.Length > most)
            throw new InvalidValueException($"'{e.Qube.Name}' may have {most} preloads, not {now.Length}");
        if (now.Distinct().Count() < now.Length)
            throw new InvalidValueException($"A preload is queued twice: '{e.Value}'");
        foreach (var added in now.Except(before))
        {
            if (!qubes.TryFind(added, out var disposable) || disposable.Template != e.Qube)
                throw new InvalidValueException($"'{added}' is no disposable of '{e.Qube.Name}', so it cannot be its preload");
        }
    }
}
