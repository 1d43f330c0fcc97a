namespace Qubes.Qrexec.Protocol;

/// <summary>
/// The peer broke the protocol. There is no way on: the connection that it came from must be dropped.
/// The text is ours and contains nothing that the peer chose but numbers.
/// </summary>
public sealed class QrexecViolationException(string message) : IOException(message);
