using Qubes.Kernel.Domains.Declarations;
using Qubes.Kernel.Store;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Kernel.Interchange.Export;

/// <summary>
/// What of a state is exported. A qube that another one needs is, whatever filters say: without it the other would come back
/// with a default instead, and that may be another network.
/// </summary>
internal sealed class Selection
{
    private readonly StoredState state;
    private readonly IReadOnlyList<IBackupFilter> filters;
    private readonly Dictionary<int, BackupQube> known;
    private readonly HashSet<string> leftOut;

    /// <exception cref="QubesException">The state holds what this program never writes.</exception>
    public Selection(StoredState state, IReadOnlyList<IBackupFilter> filters)
    {
        this.state = state;
        this.filters = filters;
        known = state.Qubes.ToDictionary(q => q.Qid, Known);
        leftOut = [.. known.Values.Where(q => filters.Any(f => f.LeavesOut(q))).Select(q => q.Name)];
        while (leftOut.RemoveWhere(Needed().Contains) > 0)
        {
            // What is taken after all may need others.
        }
    }

    public bool Takes(StoredQube qube) => !leftOut.Contains(qube.Name);

    public bool Takes(StoredQube qube, StoredFeature feature) => !filters.Any(f => f.LeavesOutFeature(known[qube.Qid], feature.Name));

    private BackupQube Known(StoredQube qube) => Enum.TryParse<QubeClass>(qube.Class, out var @class)
        ? new(qube.Name, @class, state.Properties[qube.Qid].ToDictionary(p => p.Name, p => p.Value))
        : throw new QubesException($"The state names qube '{qube.Name}' of unknown class '{qube.Class}'");

    private HashSet<string> Needed()
    {
        var names = known.Values.Where(q => !leftOut.Contains(q.Name))
            .SelectMany(q => q.Properties.Where(p => QubeDeclarations.For(q.Class).Find(p.Key)?.Type == PropertyType.Qube))
            .Concat(state.SystemProperties.Where(p => SystemDeclarations.Table.Find(p.Key)?.Type == PropertyType.Qube));
        return [.. names.Select(p => p.Value).OfType<string>()];
    }
}
