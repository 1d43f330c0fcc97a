namespace Qubes.Daemon;

/// <summary>What the command line says.</summary>
/// <param name="Hypervisor">The driver's name; null leaves it to the configuration.</param>
/// <param name="Debug">Log more, and show where a failure comes from.</param>
/// <param name="ConfigurationFile">Read instead of the usual one; null for that.</param>
internal sealed record DaemonOptions(string? Hypervisor = null, bool Debug = false, string? ConfigurationFile = null);
