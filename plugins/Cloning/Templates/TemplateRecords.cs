using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Cloning.Templates;

/// <summary>The records of all disposable templates. Used on the kernel loop.</summary>
internal sealed class TemplateRecords(TimeProvider time)
{
    private readonly Dictionary<IQube, TemplateRecord> all = [];

    /// <summary>All that there are.</summary>
    public IReadOnlyCollection<TemplateRecord> All => all.Values;

    /// <summary>Those with a memory template.</summary>
    public IEnumerable<TemplateRecord> WithReady => all.Values.Where(r => r.Ready is not null);

    /// <summary>The template's record, made when it is first asked for.</summary>
    public TemplateRecord Of(IQube owner)
    {
        if (!all.TryGetValue(owner, out var record))
            all.Add(owner, record = new TemplateRecord(owner, time));
        return record;
    }

    /// <summary>The template's record, if there is one.</summary>
    public bool TryFind(IQube owner, [NotNullWhen(true)] out TemplateRecord? record) => all.TryGetValue(owner, out record);

    /// <summary>The template is gone.</summary>
    public void Forget(IQube owner) => all.Remove(owner);
}
