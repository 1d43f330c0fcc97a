namespace Qubes.GuestTools.Converting;

/// <summary>What <c>qvm-convert-pdf</c> was told.</summary>
/// <param name="Dpi">Pixels per inch, 75–4800.</param>
/// <param name="Password">Opens the document; null for none. No LF in it.</param>
/// <param name="Archive">Where originals go; null to delete them.</param>
internal sealed record PdfOptions(int Dpi, string? Password, string? Archive);
