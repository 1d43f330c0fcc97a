using Qubes.Plugins.Cloning.Settings;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Cloning.Recipes;

/// <summary>Refuses a recipe that could not be followed, when it is set.</summary>
internal sealed class RecipeRules(IEventBus events) : IKernelService
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

    private static void Check(FeatureSetting e)
    {
        if (e.Feature == CloneFeatures.Recipe)
            _ = ServiceList.Parse(e.Value);
    }
}
