using System.Globalization;
using System.Text;
using Qubes.Convert.Guest.Documents;
using Qubes.Convert.Guest.Input;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Calls;

/// <summary>
/// <c>qubes.PdfConvert[+DPI]</c> (spec: conversion services, section 2). Input: an optional line
/// <c>--password=PASSWORD</c>, then the document to end of file. Output, numbers in ASCII:
/// <code>
/// PAGES LF  { WIDTH SP HEIGHT LF  width*height*3 bytes R G B }*
/// </code>
/// </summary>
/// <param name="argument">Dots per inch, 75–4800; empty for 300.</param>
internal sealed class PdfConvert(string argument) : IConversionService, IPageWire
{
    public const string Name = "qubes.PdfConvert";
    private const int Failed = 1;

    public void Convert(Stream input, Stream output, Workspace workspace)
    {
        int dpi = ParseDpi(argument);
        string? password = InputIntake.ReceiveWithPassword(input, workspace.InputFile);
        PageSender.Send(new RenderRequest(workspace, dpi, password), this, output);
    }

    public int ExitStatus(ConversionStatus failure) =>
        failure == ConversionStatus.LibreOfficeMissing ? (int)failure : Failed;

    public void WritePageCount(Stream output, int pages) => WriteLine(output, $"{pages}\n");

    public void WritePageSize(Stream output, int width, int height) => WriteLine(output, $"{width} {height}\n");

    private static void WriteLine(Stream output, string line) => output.Write(Encoding.ASCII.GetBytes(line));

    private static int ParseDpi(string argument)
    {
        if (argument.Length == 0)
            return Limits.DefaultDpi;
        if (int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out int dpi)
            && dpi is >= Limits.LowestDpi and <= Limits.HighestDpi)
            return dpi;
        throw new ConversionException(ConversionStatus.Unspecified,
            $"resolution refused: a whole number from {Limits.LowestDpi} to {Limits.HighestDpi} dpi is accepted");
    }
}
