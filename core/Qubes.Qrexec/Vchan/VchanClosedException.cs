namespace Qubes.Qrexec.Vchan;

/// <summary>Nothing can be written to a vchan any more.</summary>
public sealed class VchanClosedException(string message, Exception? inner = null) : IOException(message, inner);
