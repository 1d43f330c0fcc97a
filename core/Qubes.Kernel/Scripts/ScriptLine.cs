namespace Qubes.Kernel.Scripts;

/// <summary>One script.</summary>
internal sealed record ScriptLine(string Name, string Path, string State, string? Message, IReadOnlyList<string> Offers, int Faults);
