using System.Text;
using Qubes.Convert.Guest.Documents;
using Qubes.Convert.Guest.Input;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Calls;

/// <summary>
/// <c>qubes.GetImageRGBA</c> (spec: conversion services, section 3). Input: one line, which is <c>-</c> or <c>TYPE:-</c>
/// and followed by the image to end of file, or a path in this qube, or <c>xdgicon:NAME</c>. Output:
/// <code>
/// WIDTH SP HEIGHT LF  width*height*4 bytes R G B A
/// </code>
/// The type is found by looking at the image, never taken from the line.
/// </summary>
internal sealed class GetImageRgba : IConversionService
{
    public const string Name = "qubes.GetImageRGBA";
    private const string IconPrefix = "xdgicon:";

    public void Convert(Stream input, Stream output, Workspace workspace)
    {
        using var lines = new BufferedStream(input);
        string line = InputIntake.ReadLine(lines);
        string image = workspace.InputFile;
        if (line == "-" || line.EndsWith(":-", StringComparison.Ordinal))
            InputIntake.Receive(lines, image);
        else if (line.StartsWith(IconPrefix, StringComparison.Ordinal))
            image = IconTheme.Find(line[IconPrefix.Length..]);
        else
            image = line;

        using RenderedDocument document = ImageTools.OpenFirst(image, FileKindDetector.Detect(image), workspace);
        RasterHeader header = document.NextPage(1);
        if (header.Width > Limits.ImageWidth || header.Height > Limits.ImageHeight)
            throw new ConversionException(ConversionStatus.PageTrouble,
                $"image of {header.Width} x {header.Height} pixels refused: {Limits.ImageWidth} x {Limits.ImageHeight} is the most");
        output.Write(Encoding.ASCII.GetBytes($"{header.Width} {header.Height}\n"));
        document.CopyPixels(header, output, PixelLayout.Rgba);
    }

    public int ExitStatus(ConversionStatus failure) => 1;
}
