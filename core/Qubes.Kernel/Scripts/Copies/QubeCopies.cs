using Qubes.Sdk.Domains;

namespace Qubes.Kernel.Scripts.Copies;

/// <summary>Makes copies that belong together: of one qube one copy. Used on the kernel loop; what it makes may go anywhere.</summary>
/// <param name="orders">Carries out what is done to a copy.</param>
/// <param name="host">Its features count where others lack theirs.</param>
/// <param name="changes">Tells whether anything was changed since (<see cref="Running.ScriptSurroundings.Changes"/>).</param>
internal sealed class QubeCopies(ScriptOrders orders, IQube host, Func<long> changes)
{
    // The network's, and templates' templates: those that a feature may be looked for on.
    private const int Deepest = 6;

    private readonly Dictionary<IQube, QubeCopy> made = [];
    private readonly long madeAt = changes();

    /// <summary>The host's features.</summary>
    public IReadOnlyDictionary<string, string> HostFeatures { get; } = host.Features.ToDictionary(StringComparer.Ordinal);

    /// <summary>Copies that are made now would be the same.</summary>
    public bool AreCurrent => madeAt == changes() && made.All(pair => pair.Value.RunsAs(pair.Key));

    /// <summary>With the qube's properties.</summary>
    public QubeCopy Of(IQube qube) => Of(qube, depth: 0);

    /// <summary>Null stays null; without properties below the first.</summary>
    public QubeCopy? Below(IQube? qube, int depth) => qube is null || depth >= Deepest ? null : Of(qube, depth);

    private QubeCopy Of(IQube qube, int depth)
    {
        if (qube is QubeCopy copy)
            return copy;
        if (made.TryGetValue(qube, out var known) && (known.HasProperties || depth > 0))
            return known;
        var fresh = new QubeCopy(qube, orders, HostFeatures);
        made[qube] = fresh;
        fresh.Fill(qube, this, depth);
        return fresh;
    }
}
