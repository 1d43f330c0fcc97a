namespace Qubes.Kernel.Interchange;

/// <summary>An explicit value of a property.</summary>
/// <param name="Name">The property.</param>
/// <param name="Value">Empty stands for none where the property is no text; null is none for a text, too.</param>
/// <param name="IsReference">The value is the <c>id</c> of a label or domain of the file, instead of its name.</param>
internal sealed record DocumentProperty(string Name, string? Value, bool IsReference = false);
