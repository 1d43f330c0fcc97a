using Qubes.Plugins.Preload.Discards;
using Qubes.Plugins.Preload.Failures;
using Qubes.Plugins.Preload.Freshness;
using Qubes.Plugins.Preload.Queue;
using Qubes.Plugins.Preload.Refill;
using Qubes.Plugins.Preload.Settings;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.Preload.Triggers;

/// <summary>A setting of a template, or which one is the default, changes (spec: preloaded disposables, section 6, triggers 6 and 12 to 16).</summary>
internal sealed class PropertyTriggers(
    PreloadSettings settings, PreloadQueue queue, Refreshing refreshing, Refiller refiller, Discarding discarding,
    Breakers breakers)
{
    private static readonly TimeSpan RefillAfterChange = TimeSpan.FromSeconds(30);

    public void OnSetting(PropertySetting e)
    {
        var isLeaving = e.Name == QubeProperties.Template.Name ? e.NewValue != e.OldValue : e is { Name: "template_for_dispvms", NewValue: false };
        if (isLeaving)
            Empty(e.Subject, e.Name);
    }

    public void OnResetting(PropertyResetting e)
    {
        if (e.Name == QubeProperties.TemplateForDispvms.Name)
            Empty(e.Subject, e.Name);
    }

    public void OnSet(PropertySet e) => OnChanged(e.Subject, e.Name, e.OldValue, e.NewValue != e.OldValue);

    public void OnReset(PropertyReset e) => OnChanged(e.Subject, e.Name, e.OldValue, isChanged: true);

    private void OnChanged(IQube? subject, string property, object? old, bool isChanged)
    {
        switch (subject, property)
        {
            case (null, "default_dispvm"):
                OnDefaultChanged(old as IQube);
                break;
            case ({ } qube, "template" or "template_for_dispvms") when isChanged && queue.VacancyOf(qube) > 0:
                breakers.Of(qube).Close();
                refiller.Schedule(qube, $"its {property} was changed");
                break;
            case ({ } qube, _) when RecordedSettings.Compared.Contains(property) && PreloadSettings.AllowsDisposables(qube):
                refreshing.Refresh(qube, $"its {property} was changed", RefillAfterChange);
                break;
        }
    }

    // The host's maximum moves from one to the other.
    private void OnDefaultChanged(IQube? old)
    {
        var now = settings.DefaultTemplate;
        if (now == old)
            return;
        foreach (var template in new[] { old, now })
        {
            if (template is not null && settings.IsGlobalDistinct(template))
                refiller.Schedule(template, "the default template was changed");
        }
    }

    private void Empty(IQube? template, string property)
    {
        if (template is not null && PreloadSettings.AllowsDisposables(template))
            discarding.Trim(template, 0, new(DiscardKind.Template, $"the template's {property} is changed"));
    }
}
