using Qubes.Kernel.Domains;
using Qubes.Kernel.Domains.Properties;
using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Tests.Domains.Model;

/// <summary>A state as lines, to compare.</summary>
internal static class DomainText
{
    private static readonly string[] Unmodelled = ["dispid"];

    /// <summary>What is stored, as the model tells it.</summary>
    public static IReadOnlyList<string> Of(ModelState model) =>
    [
        .. model.Qubes.Values.SelectMany(q => Lines(
            q.Name, q.Class, q.Explicit, q.Features, q.Tags)),
        .. model.System.Select(p => $"system {p.Key}={p.Value}"),
        .. model.Labels.Select(l => $"label {l}"),
    ];

    /// <summary>The same of the kernel.</summary>
    public static IReadOnlyList<string> Of(QubeRegistry qubes) =>
    [
        .. qubes.Machines.SelectMany(q => Lines(
            q.Name, q.Class, Text(q.Properties.Explicit.Where(p => !Unmodelled.Contains(p.Key))), q.Features, q.Tags)),
        .. Text(qubes.System.Explicit.Where(p => p.Key is "default_netvm" or "default_dispvm" or "default_template"))
            .Select(p => $"system {p.Key}={p.Value}"),
        .. qubes.Labels.Select(l => l.Name).Order(StringComparer.Ordinal).Select(l => $"label {l}"),
    ];

    /// <summary>Everything that clients can read of the kernel.</summary>
    public static IReadOnlyList<string> Whole(QubeRegistry qubes) =>
    [
        .. Of(qubes),
        .. qubes.SelectMany(q => q.Properties.Declared.Select(p => $"{q} {p.Name} {q.Properties.Read(p.Name)}")),
        .. qubes.SelectMany(q => q.Volumes.Select(v =>
            $"{v} {v.Pool.Configuration.Name} {v.Vid} {v.Size} {v.IsWritable} {v.SnapOnStart} {v.SaveOnStop} {v.Source} {v.RevisionsToKeep}")),
        .. qubes.System.Declared.Select(p => $"system {p.Name} {qubes.System.Read(p.Name)}"),
        .. qubes.Labels.Select(l => $"label {l.Index} {l.Name} {l.Color}"),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Text(IEnumerable<KeyValuePair<string, object?>> values) =>
        values.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, PropertyValues.Format(p.Value)));

    private static IEnumerable<string> Lines(
        string name, QubeClass @class, IEnumerable<KeyValuePair<string, string>> properties,
        IEnumerable<KeyValuePair<string, string>> features, IEnumerable<string> tags) =>
    [
        $"{name} {@class}",
        .. properties.Select(p => $"{name} {p.Key}={p.Value}"),
        .. features.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{name} feature {f.Key}={f.Value}"),
        .. tags.Order(StringComparer.Ordinal).Select(t => $"{name} tag {t}"),
    ];
}
