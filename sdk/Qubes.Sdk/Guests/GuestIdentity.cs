using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Guests;

/// <summary>
/// Who a copied guest is to be, in place of what it was copied from. Everything random that makes it unlike its siblings (entropy,
/// machine id, boot id) is made by whoever tells it, anew for each.
/// </summary>
/// <param name="Name">The qube's name.</param>
/// <param name="Class">The qube's class.</param>
/// <param name="DefaultUser">Who runs services that do not say.</param>
/// <param name="IsAwaited">A caller waits for it, so it gets ready for a first call meanwhile; not worth its time for one that is made ahead.</param>
public sealed record GuestIdentity(string Name, QubeClass Class, string DefaultUser, bool IsAwaited = true);
