namespace Qubes.Qrexec.Files;

/// <summary>Files were not copied, or not all; the message says why in one line and may hold text of the receiver's.</summary>
public sealed class QfileException(string message) : IOException(message);
