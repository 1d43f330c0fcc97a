using Qubes.Plugins.Preload.Lives;
using Qubes.Plugins.Preload.Memory;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>Puts together what policies may know.</summary>
internal sealed class PolicyViews(
    PreloadSettings settings, LivingPreloads lives, DemandRecords demands, CopyCosts costs, BatchRecords batches, IExtensions extensions, TimeProvider time)
{
    /// <summary>Memory that preloads may still be given, as last read, bytes; null: not known.</summary>
    public long? AvailableBytes { get; set; }

    /// <summary>As last read.</summary>
    public HostPower Power { get; set; }

    public PreloadView Of(IQube template, int max)
    {
        var queued = lives.QueuedOf(template);
        var ready = queued.Count(p => p.Stage == PreloadStage.Paused);
        return new(
            template, max, ready, queued.Count - ready, time.GetLocalNow(), demands.Of(template).Seen,
            AvailableBytes is { } bytes ? Math.Max(0, bytes - settings.Threshold) : null, costs.Of(template))
        {
            Zone = time.LocalTimeZone,
            Power = Power,
            Pressure = extensions.Broker()?.Pressure ?? default,
            NetvmState = template.Properties.Get(QubeProperties.Netvm)?.PowerState,
            Batch = batches.Of(template),
        };
    }
}
