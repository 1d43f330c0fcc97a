namespace Qubes.Plugins.Templates.Apt;

/// <summary>What a release offers for a recipe now.</summary>
/// <param name="Suite">The release.</param>
/// <param name="Wanted">The packages asked for, sorted.</param>
/// <param name="Closure">All that will be installed, <c>NAME=VERSION</c>, sorted.</param>
/// <param name="Kernel">The kernel package, <c>NAME=VERSION</c>.</param>
/// <param name="Folder">The package lists they were read from, in the build's own directory.</param>
internal sealed record PackageSet(
    string Suite, IReadOnlyList<string> Wanted, IReadOnlyList<string> Closure, string Kernel, string Folder);
