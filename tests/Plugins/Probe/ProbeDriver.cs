using Microsoft.Extensions.Configuration;
using Qubes.Sdk.Events;
using Qubes.Sdk.Plugins;
using Qubes.Sdk.Storage;

namespace Qubes.TestPlugins.Probe;

/// <summary>
/// An extension of the plugin; its options tell the test what the plugin sees. It leaves its subscriptions behind. What it does with
/// events says the setting <c>events</c>: count, hang, hog; else it throws. The setting <c>leak</c>: changed, static.
/// </summary>
public sealed class ProbeDriver : IStoragePoolDriver
{
    /// <summary>Subscribes.</summary>
    public ProbeDriver(IConfiguration configuration, IEventBus bus, IExtensions extensions)
    {
        Name = configuration["name"] ?? ProbeFacts.Version;
        switch (configuration["events"])
        {
            case "count":
                bus.Subscribe<QubesEvent>(e => (AppContext.GetData("probe") as Action<string>)?.Invoke($"{ProbeFacts.Version} {e.WireName}"));
                break;
            case "hang":
                bus.SubscribeAsync<HostSuspending>((_, _) => new TaskCompletionSource().Task);
                break;
            case "hog":
                bus.Subscribe<QubesEvent>(_ => GC.KeepAlive(new byte[80 * 1024 * 1024]));
                break;
            default:
                bus.Subscribe<QubesEvent>(_ => throw new InvalidOperationException("the handler fails always"));
                break;
        }
        if (configuration["leak"] == "changed")
            extensions.Changed += Heard;
        if (configuration["leak"] == "static")
            AppContext.SetData("probe-leak", this);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Options => [ProbeFacts.Version, ProbeFacts.Library];

    /// <inheritdoc/>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel) =>
        throw new NotSupportedException();

    private void Heard() => GC.KeepAlive(this);
}
