using System.Text;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.AdminApi.Methods.Lifecycle;

/// <summary>
/// The lines of <c>admin.vm.List</c> for those who see everything, encoded once and kept until a qube comes, goes or changes
/// its power state, the only thing in a line that can change. Whether one did is asked of the qubes themselves, for each
/// call: a few comparisons, and nothing to forget when a state learns to change in another way. Used on the kernel loop.
/// </summary>
internal sealed class QubeList(IQubes qubes)
{
    private readonly List<(IQube Qube, PowerState State)> shown = [];
    private byte[] lines = [];

    /// <summary>The line of one qube (spec: Admin API, section 6.4), its line feed included.</summary>
    public static string Line(IQube qube) => $"{qube.Name} class={qube.Class} state={qube.PowerState} uuid={qube.Uuid:D}\n";

    /// <summary>In the order of the wire: the host, then by name.</summary>
    public static IEnumerable<IQube> InOrder(IEnumerable<IQube> qubes) =>
        qubes.OrderBy(q => q.Qid != 0).ThenBy(q => q.Name, StringComparer.Ordinal);

    /// <summary>All lines; never changed once returned.</summary>
    public ReadOnlyMemory<byte> Utf8()
    {
        if (!IsCurrent())
        {
            shown.Clear();
            shown.AddRange(qubes.Select(q => (q, q.PowerState)));
            lines = Encoding.UTF8.GetBytes(string.Concat(InOrder(qubes).Select(Line)));
        }
        return lines;
    }

    private bool IsCurrent()
    {
        if (shown.Count != qubes.Count)
            return false;
        int at = 0;
        foreach (IQube qube in qubes)
        {
            var (known, state) = shown[at++];
            if (!ReferenceEquals(known, qube) || state != qube.PowerState)
                return false;
        }
        return true;
    }
}
