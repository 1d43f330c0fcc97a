namespace Qubes.Plugins.Qrexec.Policy;

/// <summary>One line of the policy (spec: policy, section 3).</summary>
internal sealed record PolicyRule(
    string Service, string Argument, string Source, string Target, bool Allows, string Location);
