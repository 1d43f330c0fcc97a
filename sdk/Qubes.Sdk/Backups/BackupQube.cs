using Qubes.Sdk.Domains;

namespace Qubes.Sdk.Backups;

/// <summary>A qube as the state has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">Its class.</param>
/// <param name="Properties">Explicit values as text, flags as <c>True</c> and <c>False</c>; null: explicitly none.</param>
public sealed record BackupQube(string Name, QubeClass Class, IReadOnlyDictionary<string, string?> Properties);
