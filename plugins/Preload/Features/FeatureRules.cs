using System.Globalization;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Features;

/// <summary>Refuses values that the features cannot have (spec: preloaded disposables, section 3).</summary>
internal sealed class FeatureRules(IEventBus events, IQubes qubes) : IKernelService
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
        switch (e.Feature, e.Qube.Class)
        {
            case (PreloadFeatures.Max, QubeClass.AppVM or QubeClass.StandaloneVM):
                CheckMax(e.Qube, e.Value);
                break;
            case (PreloadFeatures.Max, QubeClass.AdminVM)
                when e.Value != e.OldValue && qubes.System.Get(SystemProperties.DefaultDispvm) is { } template:
                CheckMax(template, e.Value);
                break;
            case (PreloadFeatures.Threshold, QubeClass.AdminVM) when !e.Value.All(char.IsAsciiDigit):
                throw new InvalidValueException($"Feature {PreloadFeatures.Threshold} is a number of MiB, not '{e.Value}'");
            case (PreloadFeatures.Delay, QubeClass.AdminVM or QubeClass.AppVM or QubeClass.StandaloneVM) when e.Value != e.OldValue:
                CheckDelay(e.Value);
                break;
            case (PreloadFeatures.Weight, QubeClass.AppVM or QubeClass.StandaloneVM) when e.Value.Length > 0 && PreloadSettings.Weight(e.Value) is null:
                throw new InvalidValueException(
                    $"Feature {PreloadFeatures.Weight} is a whole number from 1 to {PreloadSettings.MostWeight}, not '{e.Value}'");
        }
    }

    private static void CheckMax(IQube template, string value)
    {
        if (template.Features.CheckWithTemplate("qrexec") is not { Length: > 0 })
            throw new InvalidValueException($"'{template.Name}' cannot be preloaded: its feature qrexec is not set");
        PreloadSettings.RequireServices(template);
        if (!value.All(char.IsAsciiDigit))
            throw new InvalidValueException($"Feature {PreloadFeatures.Max} is a number of disposables, 0 or more, not '{value}'");
    }

    private static void CheckDelay(string value)
    {
        if (value is "" or PreloadFeatures.Auto)
            return;
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !double.IsFinite(seconds))
            throw new InvalidValueException($"Feature {PreloadFeatures.Delay} is auto or a number of seconds, e.g. 3 or -0.5, not '{value}'");
    }
}
