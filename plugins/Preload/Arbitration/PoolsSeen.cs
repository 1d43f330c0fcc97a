using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Arbitration;

/// <summary>All pools at one time.</summary>
/// <param name="Templates">Their templates.</param>
/// <param name="Needs">The same, in the same order.</param>
internal sealed record PoolsSeen(IReadOnlyList<IQube> Templates, IReadOnlyList<PoolNeed> Needs)
{
    /// <summary>Where a template's pool is; null: nowhere, it preloads nothing.</summary>
    public int? IndexOf(IQube template) => Templates.Index().Where(t => t.Item == template).Select(t => (int?)t.Index).FirstOrDefault();
}
