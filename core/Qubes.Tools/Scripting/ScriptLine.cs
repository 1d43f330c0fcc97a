namespace Qubes.Tools.Scripting;

/// <summary>A line of <c>admin.script.List</c>.</summary>
internal sealed record ScriptLine(string Name, string Path, string State, IReadOnlyList<string> Offers, int Faults, string? Message = null);
