using Qubes.Plugins.Preload.Features;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>Refuses names that no policy has. One that is set stays when the plugin of its policy goes.</summary>
internal sealed class PolicyRules(IEventBus events, PolicyChoice policies) : IKernelService
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
        var counts = e.Feature == PreloadFeatures.Policy
            && e.Qube.Class is QubeClass.AdminVM or QubeClass.AppVM or QubeClass.StandaloneVM;
        if (counts && e.Value.Length > 0 && e.Value != e.OldValue && policies.Find(e.Value) is null)
        {
            throw new InvalidValueException(
                $"Feature {PreloadFeatures.Policy} is one of {string.Join(", ", policies.All.Select(p => p.Name).Order(StringComparer.Ordinal))}, not '{e.Value}'");
        }
    }
}
