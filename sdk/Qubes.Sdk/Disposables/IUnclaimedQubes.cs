using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Disposables;

/// <summary>Extension point: qubes that a plugin made for its own ends, or ahead of time. Used on the kernel loop.</summary>
public interface IUnclaimedQubes
{
    /// <summary>
    /// Nobody has the qube now, so it keeps nobody from changing or removing what it is based on; whoever made it removes it then.
    /// </summary>
    bool IsNobodys(IQube qube);
}
