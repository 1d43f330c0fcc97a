namespace Qubes.Conversion.Pixels;

/// <summary>What is accepted from a guest (spec: conversion services, sections 1 and 2); everything else ends its conversion.</summary>
public static class WireLimits
{
    /// <summary>Pages of a document; at least one.</summary>
    public const int Pages = 10_000;

    /// <summary>Pixels of a page in either direction; at least one.</summary>
    public const int Side = 10_000;

    /// <summary>Bytes of a pixel: R G B.</summary>
    public const int BytesPerPixel = 3;

    /// <summary>Pixels of a whole document: 10,000 pages of A4 at 150 dpi. Ours; the spec bounds pages only.</summary>
    public const long TotalPixels = Pages * 1241L * 1754L;

    /// <summary>Bytes of a file that is sent; what the converter in the guest takes.</summary>
    public const long InputBytes = 1L << 30;

    /// <summary>Bytes of standard error that are kept; the rest is read and dropped.</summary>
    public const int ErrorBytes = 64 * 1024;
}
