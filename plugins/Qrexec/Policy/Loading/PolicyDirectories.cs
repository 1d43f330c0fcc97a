namespace Qubes.Policy.Loading;

/// <summary>Where the policy lives (spec: policy, section 1).</summary>
/// <param name="Fixed">Usually <c>/etc/qubes/policy.d</c>.</param>
/// <param name="Runtime">Usually <c>/run/qubes/policy.d</c>.</param>
/// <param name="Legacy">Usually <c>/etc/qubes-rpc/policy</c>; need not exist.</param>
public sealed record PolicyDirectories(string Fixed, string Runtime, string Legacy)
{
    /// <summary>The usual ones below a root directory.</summary>
    /// <param name="root">The value of <c>QUBES_ROOT</c>; empty for the real system.</param>
    public static PolicyDirectories Below(string root) =>
        new(root + "/etc/qubes/policy.d", root + "/run/qubes/policy.d", root + "/etc/qubes-rpc/policy");
}
