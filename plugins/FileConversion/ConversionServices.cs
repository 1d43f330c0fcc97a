using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.FileConversion;

/// <summary>
/// The three services that <c>qubes-convert</c> serves (spec: conversion services, sections 1–3). All are links to one
/// program, which tells them apart by the name it is called by. Its tools are the distribution's: <c>mutool</c> renders
/// PDFs (poppler's programs are used where it is absent), GraphicsMagick decodes images, librsvg draws SVG. Office
/// documents need <c>libreoffice-nogui</c>, which is left to recipes since it is several times larger than all of these.
/// </summary>
internal sealed class ConversionServices(QubesPaths paths) : IGuestServiceProvider
{
    private const string InstalledAs = "/usr/lib/qubes/qubes-convert";

    private static readonly string[] _imageTools = ["graphicsmagick", "librsvg2-bin"];
    private static readonly string[] _documentTools = ["mupdf-tools", .. _imageTools];

    public IReadOnlyList<GuestService> Services { get; } =
    [
        Service(paths, "dz.Convert", _documentTools),
        Service(paths, "qubes.PdfConvert", _documentTools),
        Service(paths, "qubes.GetImageRGBA", _imageTools),
    ];

    private static GuestService Service(QubesPaths paths, string name, IReadOnlyList<string> packages) =>
        new(name, Path.Combine(paths.GuestFiles, "qubes-convert"), InstalledAs, packages);
}
