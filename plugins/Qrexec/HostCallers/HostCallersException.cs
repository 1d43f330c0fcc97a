namespace Qubes.Plugins.Qrexec.HostCallers;

/// <summary>The administrator's file about callers on the host cannot be used: nobody is served.</summary>
internal sealed class HostCallersException(string location, string why) : Exception($"{location}: {why}");
