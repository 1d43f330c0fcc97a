using System.Globalization;
using Qubes.Plugins.Preload.Features;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Preload.Settings;

/// <summary>What counts of the features that users set (spec: preloaded disposables, section 2.1).</summary>
internal sealed class PreloadSettings(IQubes qubes)
{
    public const int MostWeight = 1000;

    private const double DefaultDelay = 3;
    private const int DefaultWeight = 100;
    private const long MiB = 1 << 20;

    /// <summary>Nothing is preloaded from the host's suspend until it has resumed.</summary>
    public bool IsHostAsleep { get; set; }

    /// <summary>Templates that are about to be removed: nothing is preloaded on them.</summary>
    public HashSet<IQube> Leaving { get; } = [];

    /// <summary>The host's maximum, which counts for the system's default template alone; null: not set.</summary>
    public int? GlobalMax => qubes.AdminVm.Features.TryGetValue(PreloadFeatures.Max, out var text) ? Number(text) : null;

    /// <summary>Bytes of memory that are never used for preloading.</summary>
    public long Threshold => Number(qubes.AdminVm.Features.GetValueOrDefault(PreloadFeatures.Threshold)) * MiB;

    public static bool AllowsDisposables(IQube qube) =>
        qube.Class is QubeClass.AppVM or QubeClass.StandaloneVM && qube.Properties.Get(QubeProperties.TemplateForDispvms);

    /// <summary>The template of disposables for which none is named.</summary>
    public IQube? DefaultTemplate => qubes.System.Get(SystemProperties.DefaultDispvm);

    /// <summary>The template's own maximum, whether it counts or not.</summary>
    public static int LocalMax(IQube template) => Number(template.Features.GetValueOrDefault(PreloadFeatures.Max));

    /// <summary>The wanted length of a template's queue; 0 for a qube that is no disposable template.</summary>
    public int MaxOf(IQube template)
    {
        if (IsHostAsleep || Leaving.Contains(template) || !IsRegistered(template) || !AllowsDisposables(template))
            return 0;
        return IsGlobalFor(template) ? GlobalMax ?? 0 : LocalMax(template);
    }

    /// <summary>Whether the host's maximum replaces the template's own.</summary>
    public bool IsGlobalFor(IQube template) =>
        DefaultTemplate == template && GlobalMax is not null;

    /// <summary>Whether the template's queue changes its wanted length when it becomes the system's default, or ceases to be.</summary>
    public bool IsGlobalDistinct(IQube template) => GlobalMax is { } global && global != LocalMax(template);

    /// <summary>Seconds to wait before a used one is replaced; negative: as long after the queue has become empty.</summary>
    public double DelayOf(IQube template)
    {
        if (DelayText(template) is not { } text)
            return DefaultDelay;
        if (text is "" or PreloadFeatures.Auto)
            return 0;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? Math.Clamp(seconds, -TimeSpan.SecondsPerDay, TimeSpan.SecondsPerDay)
            : DefaultDelay;
    }

    /// <summary>Whether preloads are started one by one as soon as no request is in flight, and replaced before they are discarded.</summary>
    public bool IsAuto(IQube template) => DelayText(template) == PreloadFeatures.Auto;

    /// <summary>How much of scarce memory the template's preloads get, compared with others': 1 to <see cref="MostWeight"/>.</summary>
    public static int WeightOf(IQube template) => Weight(template.Features.GetValueOrDefault(PreloadFeatures.Weight)) ?? DefaultWeight;

    /// <summary>A weight from its text; null: it is none.</summary>
    public static int? Weight(string? text) => Number(text) is >= 1 and <= MostWeight and var weight ? weight : null;

    /// <exception cref="InvalidValueException">The template's guests do not offer what tells that they are ready.</exception>
    public static void RequireServices(IQube template)
    {
        var missing = PreloadFeatures.RequiredServices
            .Where(s => template.Features.CheckWithTemplate("supported-rpc." + s) is not { Length: > 0 }).ToList();
        if (missing.Count > 0)
            throw new InvalidValueException($"'{template.Name}' cannot be preloaded: it does not offer {string.Join(" and ", missing)}");
    }

    public bool IsRegistered(IQube qube) => qubes.TryFind(qube.Name, out var found) && found == qube;

    private string? DelayText(IQube template) =>
        template.Features.TryGetValue(PreloadFeatures.Delay, out var text) || qubes.AdminVm.Features.TryGetValue(PreloadFeatures.Delay, out text)
            ? text
            : null;

    // What was stored without a check, such as the host's maximum while there is no default template, counts as nothing.
    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
