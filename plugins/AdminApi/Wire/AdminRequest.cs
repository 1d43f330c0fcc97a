namespace Qubes.Plugins.AdminApi.Wire;

/// <summary>
/// A framed request whose names are not looked up yet. Texts hold one byte per character (Latin-1), so that the decision
/// about bytes outside ASCII can be taken in the specified order.
/// </summary>
internal sealed record AdminRequest(
    string Method, string Argument, string Source, string Destination, ReadOnlyMemory<byte> Payload);
