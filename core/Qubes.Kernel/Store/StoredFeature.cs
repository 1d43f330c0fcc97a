namespace Qubes.Kernel.Store;

/// <summary>A feature of a qube.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Value">Its value, perhaps empty.</param>
internal readonly record struct StoredFeature(string Name, string Value);
