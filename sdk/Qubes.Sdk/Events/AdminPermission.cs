using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Events;

/// <summary>
/// Fired on the calling qube before an Admin API call acts; a handler refuses it with <c>PermissionDenied</c>. Never seen by
/// clients. A handler that fails refuses, too.
/// </summary>
/// <param name="Caller">The calling qube.</param>
/// <param name="Method">e.g. <c>admin.vm.feature.Set</c>.</param>
/// <param name="Destination">The qube the call is about.</param>
/// <param name="Argument">The method's argument.</param>
public sealed record AdminPermission(IQube Caller, string Method, IQube Destination, string Argument)
    : PreEvent(Caller), IFailClosedEvent
{
    /// <inheritdoc/>
    public override string WireName => "admin-permission:" + Method;

    /// <inheritdoc/>
    public override bool IsPublished => false;
}
