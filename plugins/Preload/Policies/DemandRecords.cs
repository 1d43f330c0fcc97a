using Qubes.Plugins.Preload.Features;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Policies;

/// <summary>The demand for each template; what concerns earlier days is kept in a feature of it.</summary>
internal sealed class DemandRecords(TimeProvider time)
{
    private readonly Dictionary<IQube, DemandRecord> records = [];

    public DemandRecord Of(IQube template)
    {
        if (!records.TryGetValue(template, out var record))
            records[template] = record = new(DemandText.Read(template.Features.GetValueOrDefault(PreloadFeatures.Demand)));
        return record;
    }

    public void Note(IQube template) => Of(template).Note(time.GetLocalNow());

    /// <summary>Keeps what an hour that is over has taught.</summary>
    public void Pass(IQube template)
    {
        var record = Of(template);
        if (record.Pass(time.GetLocalNow()))
            template.Features.Set(PreloadFeatures.Demand, DemandText.Write(record.UsualPeaks));
    }

    public void Forget(IQube template) => records.Remove(template);
}
