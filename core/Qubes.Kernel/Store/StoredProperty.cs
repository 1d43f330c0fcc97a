namespace Qubes.Kernel.Store;

/// <summary>An explicit value of a qube's property.</summary>
/// <param name="Name">As on the wire.</param>
/// <param name="Value">Null: explicitly none.</param>
internal readonly record struct StoredProperty(string Name, string? Value);
