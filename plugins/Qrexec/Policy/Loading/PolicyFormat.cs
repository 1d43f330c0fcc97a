namespace Qubes.Policy.Loading;

/// <summary>How the lines of a file are to be read.</summary>
/// <param name="Base">Where relative paths of includes begin.</param>
/// <param name="Service">In a file for one service: which. Null in one with five columns.</param>
/// <param name="Argument">With <paramref name="Service"/>.</param>
internal readonly record struct PolicyFormat(string Base, string? Service, string? Argument);
