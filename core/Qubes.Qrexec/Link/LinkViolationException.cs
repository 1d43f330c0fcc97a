namespace Qubes.Qrexec.Link;

/// <summary>
/// The peer broke the rules of the link; it was closed. The text is ours and contains nothing that the peer chose but numbers.
/// </summary>
public sealed class LinkViolationException(string message) : IOException(message);
