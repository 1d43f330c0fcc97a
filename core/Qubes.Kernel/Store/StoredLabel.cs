namespace Qubes.Kernel.Store;

/// <summary>A label.</summary>
/// <param name="Index">The key; 1 to 8 for the built-in ones.</param>
/// <param name="Name">e.g. <c>red</c>.</param>
/// <param name="Color">Text <c>0xrrggbb</c>.</param>
internal sealed record StoredLabel(int Index, string Name, string Color);
