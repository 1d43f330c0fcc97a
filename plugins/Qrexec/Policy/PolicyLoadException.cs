namespace Qubes.Plugins.Qrexec.Policy;

/// <summary>The policy cannot be used: everything is denied.</summary>
internal sealed class PolicyLoadException(string location, string why) : Exception($"the policy cannot be used: {location}: {why}");
