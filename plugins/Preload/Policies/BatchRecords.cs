using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>What was announced for each template, and when the last of it was over, as seen whenever policies are asked.</summary>
internal sealed class BatchRecords(IExtensions extensions, TimeProvider time)
{
    private readonly Dictionary<IQube, PreloadBatch> records = [];

    public PreloadBatch Of(IQube template)
    {
        var outstanding = extensions.All<IAnnouncedDemand>().Sum(a => Math.Max(0, a.AnnouncedOf(template)));
        var before = records.GetValueOrDefault(template);
        return records[template] = outstanding switch
        {
            > 0 when before.Outstanding == 0 => new(outstanding, outstanding, EndedAt: null),
            > 0 => new(outstanding, Math.Max(before.Largest, outstanding), EndedAt: null),
            _ when before.Outstanding > 0 => new(0, before.Largest, time.GetLocalNow()),
            _ => before,
        };
    }

    public void Forget(IQube template) => records.Remove(template);
}
