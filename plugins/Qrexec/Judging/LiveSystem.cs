using System.Diagnostics.CodeAnalysis;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>The daemon's own qubes as policy sees them. Used on the kernel loop, within one turn.</summary>
internal sealed class LiveSystem(IQubes qubes) : IPolicySystem
{
    private const string UuidPrefix = "uuid:";

    public IEnumerable<IPolicyQube> Qubes => qubes.Select(qube => new LiveQube(qube));

    public bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IPolicyQube? qube)
    {
        qube = Find(nameOrUuid) is { } found ? new LiveQube(found) : null;
        return qube is not null;
    }

    private IQube? Find(string text)
    {
        if (text.StartsWith(UuidPrefix, StringComparison.Ordinal))
        {
            // One spelling of each uuid, as everywhere in policy.
            if (!Guid.TryParseExact(text.AsSpan(UuidPrefix.Length), "D", out Guid uuid) || text != UuidPrefix + uuid)
                return null;
            if (uuid == Guid.Empty)
                return qubes.AdminVm;
        }
        return qubes.TryFind(text, out IQube? qube) ? qube : null;
    }
}
