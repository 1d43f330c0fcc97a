namespace Qubes.Tools.Policy.Graph;

/// <summary>An arrow of the graph.</summary>
internal readonly record struct PermittedCall(string Source, string Target, bool IsAsked);
