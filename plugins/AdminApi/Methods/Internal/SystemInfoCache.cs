using System.Text.Json;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Events;

namespace Qubes.Plugins.AdminApi.Methods.Internal;

/// <summary>
/// <c>internal.GetSystemInfo</c>, kept until something in it changes (spec: Admin API, section 9). Power states change
/// without an event, so they are compared at each call; none is ever stale. Used on the kernel loop.
/// </summary>
internal sealed class SystemInfoCache(IQubes qubes, IEventBus events) : IDisposable
{
    private static readonly HashSet<string> Watched =
        ["template_for_dispvms", "default_dispvm", "icon", "label", "guivm", "relayvm", "transport_rpc", "uuid"];

    private readonly List<PowerState> states = [];
    private IDisposable? subscription;
    private ReadOnlyMemory<byte>? kept;

    /// <summary>Starts to follow what changes.</summary>
    public void Open() => subscription = events.Subscribe<QubesEvent>(Receive);

    /// <summary>JSON in UTF-8.</summary>
    public AdminAnswer Get()
    {
        if (kept is null || !states.SequenceEqual(qubes.Select(q => q.PowerState)))
        {
            states.Clear();
            states.AddRange(qubes.Select(q => q.PowerState));
            kept = Build();
        }
        return new(kept.Value);
    }

    public void Dispose()
    {
        subscription?.Dispose();
        subscription = null;
    }

    private void Receive(QubesEvent e)
    {
        bool matters = e switch
        {
            QubeAdded or QubeRemoved or QubeSpawned or QubeStarted or QubeShutdown or TagAdded or TagRemoved => true,
            FeatureSet set => set.Feature == "internal",
            FeatureDeleted deleted => deleted.Feature == "internal",
            PropertySet set => Watched.Contains(set.Name),
            PropertyReset reset => Watched.Contains(reset.Name),
            _ => false,
        };
        if (matters)
            kept = null;
    }

    private byte[] Build() => JsonSerializer.SerializeToUtf8Bytes(
        new SystemInfo(qubes.ToDictionary(q => q.Name, Describe)), SystemInfoJson.Default.SystemInfo);

    private static QubeInfo Describe(IQube qube) => new(
        qube.Features.GetValueOrDefault("internal"),
        [.. qube.Tags.Order(StringComparer.Ordinal)],
        qube.Class.ToString(),
        Text(qube, "template_for_dispvms") == "True",
        Text(qube, "default_dispvm"),
        Text(qube, "icon"),
        Has(qube, "label") ? qube.Properties.Get(QubeProperties.Label)?.Color : null,
        Text(qube, "guivm"),
        Text(qube, "relayvm"),
        Text(qube, "transport_rpc"),
        qube.PowerState.ToString(),
        qube.Uuid);

    private static string? Text(IQube qube, string property) =>
        Has(qube, property) && qube.Properties.Read(property).Text is { Length: > 0 } text ? text : null;

    private static bool Has(IQube qube, string property) => qube.Properties.Declared.Any(p => p.Name == property);
}
