using Qubes.Policy;
using Qubes.Policy.Loading;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>What one reading of the policy gave.</summary>
/// <param name="Policy">Null if there is a mistake in it: every call is denied.</param>
/// <param name="Error">The mistake; empty for none.</param>
/// <param name="Stamp">What it was read from.</param>
/// <param name="IsSettled">Whether a change since then shows in the stamp.</param>
internal sealed record PolicyState(LoadedPolicy? Policy, string Error, PolicyStamp Stamp, bool IsSettled)
{
    /// <summary>Whether it still is what the disk says.</summary>
    public bool IsCurrent() => IsSettled && Stamp.IsCurrent();
}
