using Qubes.Sdk.Memory;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Memory;

/// <summary>The plugin that shares memory out, where one is active. Ask anew for each use.</summary>
internal static class MemoryBrokers
{
    /// <summary>The first; null: there is none.</summary>
    public static IMemoryBroker? Broker(this IExtensions extensions) => extensions.All<IMemoryBroker>() is [var broker, ..] ? broker : null;
}
