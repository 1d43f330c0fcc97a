namespace Qubes.Sdk.Domains;

/// <summary>A qube's colour.</summary>
/// <param name="Index">1 to 8 for the built-in ones.</param>
/// <param name="Name">e.g. <c>red</c>.</param>
/// <param name="Color">Text <c>0xrrggbb</c>.</param>
public sealed record Label(int Index, string Name, string Color)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
