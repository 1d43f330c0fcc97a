namespace Qubes.Convert.Guest;

/// <summary>What callers accept (spec: conversion services, sections 1–3); refused here before memory is spent on it.</summary>
internal static class Limits
{
    /// <summary>Bytes of an input file: 1 GiB, ours; the spec has none.</summary>
    public const long InputBytes = 1L << 30;

    /// <summary>Pages of a document.</summary>
    public const int Pages = 10_000;

    /// <summary>Pixels of a page in either direction.</summary>
    public const int PageSide = 10_000;

    /// <summary>Pixels of an image's width for <c>qubes.GetImageRGBA</c>.</summary>
    public const int ImageWidth = 8192;

    /// <summary>Pixels of an image's height for <c>qubes.GetImageRGBA</c>.</summary>
    public const int ImageHeight = 5120;

    /// <summary>Address space of one tool: 2 GiB, enough for the largest page at 16 bits a channel and its library.</summary>
    public const ulong ToolAddressSpace = 2UL << 30;

    /// <summary>Dots per inch when the caller names none: Dangerzone's.</summary>
    public const int DangerzoneDpi = 150;

    /// <summary>Dots per inch of <c>qubes.PdfConvert</c> without an argument.</summary>
    public const int DefaultDpi = 300;

    public const int LowestDpi = 75;
    public const int HighestDpi = 4800;
}
