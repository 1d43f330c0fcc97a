namespace Qubes.Sdk.Scripting;

/// <summary>A script as its user sees it.</summary>
/// <param name="Name">That of its file without <c>.csx</c>.</param>
/// <param name="Path">Its file.</param>
/// <param name="State">What became of it.</param>
/// <param name="Message">
/// Why it is not active, or what is wrong with an active one: its newest version does not compile and an earlier one runs, or its last
/// call failed. <c>FILE:LINE:COLUMN: TEXT</c> where it is about a place; null: nothing.
/// </param>
/// <param name="Offers">What it registered, one line each, e.g. <c>policy office-hours</c>.</param>
/// <param name="Faults">How often it failed since it became active.</param>
public sealed record ScriptStatus(string Name, string Path, ScriptState State, string? Message, IReadOnlyList<string> Offers, int Faults);
