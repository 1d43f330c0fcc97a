using System.Globalization;
using Qubes.Plugins.Cloning.Settings;
using Qubes.Plugins.Cloning.Templates;
using Qubes.Plugins.Cloning.Upkeep;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Hypervisors;

namespace Qubes.Plugins.Cloning.Status;

/// <summary>Puts together how a disposable template stands. Used on the kernel loop.</summary>
internal sealed class StatusReader(TemplateRecords records, Disposal disposal, IQubes qubes)
{
    /// <summary>Every disposable template, by name.</summary>
    public IEnumerable<IQube> Templates => qubes.Where(CloneChoice.AllowsDisposables).OrderBy(q => q.Name, StringComparer.Ordinal);

    public MemoryTemplateStatus Of(IQube template)
    {
        var record = records.TryFind(template, out var found) ? found : null;
        var ready = record?.Ready;
        return new MemoryTemplateStatus(
            template.Name,
            CloneChoice.IsRefused(template) ? "off" : NameOf(record?.State ?? TemplateState.None),
            record?.Reason,
            ready?.ShortKey ?? record?.RefusedKey?[..12],
            ready is null ? null : disposal.SizeOf(ready),
            ready?.Memory.Made.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            CloneChoice.MemoryOf(template) == CloneMemory.Private ? "private" : "shared",
            ready?.Shelf.Count ?? 0,
            record?.Copies ?? 0,
            record?.Failures ?? 0);
    }

    private static string NameOf(TemplateState state) => state switch
    {
        TemplateState.None => "none",
        TemplateState.Building => "building",
        TemplateState.Ready => "ready",
        TemplateState.Outdated => "outdated",
        TemplateState.Refused => "refused",
        TemplateState.Failed => "failed",
        _ => throw new InvalidOperationException($"unknown state {state}"),
    };
}
