namespace Qubes.Agent.Accounts;

/// <summary>A user of the guest.</summary>
internal sealed record Account(string Name, uint User, uint Group, IReadOnlyList<uint> Groups, string Home, string Shell);
