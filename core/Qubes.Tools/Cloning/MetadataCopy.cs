using Qubes.Tools.Admin;
using Qubes.Tools.Features;
using Qubes.Tools.Hosting;
using Qubes.Tools.Preferences;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Cloning;

/// <summary>
/// Copies all of a qube but the content of its volumes (spec: Admin API, section 8.1, and domain model, section 3).
/// </summary>
internal sealed class MetadataCopy(Session session, ClonePlan plan)
{
    private static readonly string[] OwnProperties = ["name", "qid", "template", "label", "uuid", "installed_by_rpm", "dispid"];

    public async Task RunAsync(IReadOnlyDictionary<string, PropertyValue> properties, CancellationToken cancellation)
    {
        await CopyPropertiesAsync(properties, cancellation);
        foreach (var tag in await LinesAsync("admin.vm.tag.List", cancellation))
        {
            // Who created the copy is not who created the original.
            if (!tag.StartsWith("created-by-", StringComparison.Ordinal))
                await TryAsync($"tag {tag}", () => SetAsync("admin.vm.tag.Set", tag, "", cancellation));
        }

        foreach (var feature in await LinesAsync("admin.vm.feature.List", cancellation))
        {
            if (IsCopied(feature) && await Feature.GetAsync(session, plan.Source, feature, cancellation) is { } value)
                await TryAsync($"feature {feature}", () => SetAsync("admin.vm.feature.Set", feature, value, cancellation));
        }

        await TryAsync("notes", async () =>
        {
            if (await GetAsync("admin.vm.notes.Get", cancellation) is { Length: > 0 } notes)
                await SetAsync("admin.vm.notes.Set", "", notes, cancellation);
        });
        await TryAsync("firewall rules", async () =>
            await SetAsync("admin.vm.firewall.Set", "", await GetAsync("admin.vm.firewall.Get", cancellation), cancellation));
    }

    /// <summary>
    /// Device assignments: <c>BACKEND "+" PORT ":" DEVICE " " ASSIGNMENT</c>, one a line (spec: Admin API, section 6.13).
    /// </summary>
    public Task CopyDevicesAsync(CancellationToken cancellation) => TryAsync("devices", async () =>
    {
        foreach (var kind in AnswerText.Lines(
            await session.Admin.CallSystemAsync("admin.deviceclass.List", cancellation: cancellation)))
        {
            foreach (var line in await LinesAsync($"admin.vm.device.{kind}.Assigned", cancellation))
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon <= 0 || space < colon)
                    throw new MalformedAnswerException($"this is no assignment of a device: '{line}'");
                var device = line[..colon] + "+" + line[(colon + 1)..space];
                await TryAsync($"{kind} device {line[..space]}", () => SetAsync(
                    $"admin.vm.device.{kind}.Assign", device, line[(space + 1)..], cancellation));
            }
        }
    });

    private async Task CopyPropertiesAsync(
        IReadOnlyDictionary<string, PropertyValue> properties, CancellationToken cancellation)
    {
        var target = new PropertyHolder(session, plan.Name);
        var accepted = (await target.ListAsync(cancellation)).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, value) in properties.Where(pair => !pair.Value.IsDefault && !OwnProperties.Contains(pair.Key)))
        {
            // A qube of another class may lack it.
            if (accepted.Contains(name))
                await TryAsync($"property {name}", () => target.SetAsync(name, value.Text, cancellation));
        }
    }

    /// <summary>
    /// Preloads, and what waits for the end of a pause, belong to the source; how many preloads there shall be is a setting.
    /// </summary>
    private static bool IsCopied(string feature) =>
        feature == "preload-dispvm-max"
        || (!feature.StartsWith("preload-dispvm", StringComparison.Ordinal) && feature != "deferred-netvm-original");

    private async Task TryAsync(string what, Func<Task> copy)
    {
        try
        {
            await copy();
        }
        catch (Exception e) when (plan.IgnoreErrors && e is AdminException or ToolException and not DaemonUnreachableException)
        {
            session.Warn($"cannot copy {what}, left out: {SafeText.OneLine(e.Message)}");
        }
    }

    private async Task<string[]> LinesAsync(string method, CancellationToken cancellation) =>
        AnswerText.Lines(await GetAsync(method, cancellation));

    private Task<string> GetAsync(string method, CancellationToken cancellation) =>
        session.Admin.CallAsync(method, plan.Source, cancellation: cancellation);

    private Task<string> SetAsync(string method, string argument, string payload, CancellationToken cancellation) =>
        session.Admin.CallAsync(method, plan.Name, argument, payload, cancellation);
}
