using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Leases;

/// <summary>How many disposables were announced as batches and have not been drawn: policies are told. Used on the kernel loop.</summary>
internal sealed class LeasedDemand : IAnnouncedDemand
{
    private readonly Dictionary<IQube, int> byTemplate = [];

    public int AnnouncedOf(IQube template) => byTemplate.GetValueOrDefault(template);

    /// <summary>So many more are wanted; fewer, if it is negative.</summary>
    public void Add(IQube template, int count)
    {
        if (AnnouncedOf(template) + count is var now and > 0)
            byTemplate[template] = now;
        else
            byTemplate.Remove(template);
    }

    public void Forget(IQube template) => byTemplate.Remove(template);
}
