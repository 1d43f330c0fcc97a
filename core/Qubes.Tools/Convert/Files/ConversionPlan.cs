namespace Qubes.Tools.Convert.Files;

/// <summary>One file to convert and where its result goes, both as absolute paths.</summary>
/// <param name="Named">The input as the user named it, for messages.</param>
/// <param name="Refusal">Why it is not converted at all; null if it is.</param>
internal sealed record ConversionPlan(string Named, string Input, string Output, string? Refusal = null);
