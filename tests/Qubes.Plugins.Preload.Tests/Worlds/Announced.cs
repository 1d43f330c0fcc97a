using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Tests.Worlds;

/// <summary>A client that says how many disposables it will still want.</summary>
internal sealed class Announced : IAnnouncedDemand
{
    public int Count { get; set; }

    public int AnnouncedOf(IQube template) => Count;
}
