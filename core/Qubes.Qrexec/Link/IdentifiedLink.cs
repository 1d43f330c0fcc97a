namespace Qubes.Qrexec.Link;

/// <summary>The link to a copied guest that has taken its identity.</summary>
/// <param name="Link">The link; the caller's to dispose of.</param>
/// <param name="First">The channel that was opened along with the identity.</param>
/// <param name="Sample">What the guest drew from its kernel's generator after that was reseeded; no two are equal.</param>
public sealed record IdentifiedLink(LinkConnection Link, LinkChannel First, byte[] Sample);
