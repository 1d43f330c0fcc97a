namespace Qubes.Sdk.Domains;

/// <summary>The name of a declared property and its value type, to read and write it without text in between.</summary>
/// <typeparam name="T">bool, int, string, <see cref="Label"/> or <see cref="IQube"/>.</typeparam>
/// <param name="Name">As on the wire, e.g. <c>memory</c>.</param>
public sealed record PropertyKey<T>(string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
