using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.FileConversion;

/// <summary>
/// The three services that <c>qubes-convert</c> serves (spec: conversion services, sections 1–3). All are links to one
/// program, which tells them apart by the name it is called by. Its tools are the distribution's: poppler renders PDFs,
/// GraphicsMagick decodes images, librsvg draws SVG. Left to recipes: <c>mupdf-tools</c>, which the program prefers where it
/// is installed since it renders several times as fast (if not to the same pixels as poppler), and <c>libreoffice-nogui</c>
/// for office documents, which is larger than everything else together.
/// </summary>
internal sealed class ConversionServices(QubesPaths paths) : IGuestServiceProvider
{
    private const string InstalledAs = "/usr/lib/qubes/qubes-convert";

    private static readonly string[] _imageTools = ["graphicsmagick", "librsvg2-bin"];
    private static readonly string[] _documentTools = ["poppler-utils", .. _imageTools];

    public IReadOnlyList<GuestService> Services { get; } =
    [
        Service(paths, "dz.Convert", _documentTools) with { WarmsUp = true },
        Service(paths, "qubes.PdfConvert", _documentTools),
        Service(paths, "qubes.GetImageRGBA", _imageTools),
    ];

    private static GuestService Service(QubesPaths paths, string name, IReadOnlyList<string> packages) =>
        new(name, Path.Combine(paths.GuestFiles, "qubes-convert"), InstalledAs, packages);
}
