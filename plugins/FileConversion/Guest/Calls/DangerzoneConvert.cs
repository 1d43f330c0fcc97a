using System.Buffers.Binary;
using Qubes.Convert.Guest.Documents;
using Qubes.Convert.Guest.Input;
using Qubes.Convert.Guest.Raster;

namespace Qubes.Convert.Guest.Calls;

/// <summary>
/// <c>dz.Convert</c> (spec: conversion services, section 1). Pages are rendered at 150 dpi; a raster image is one page of
/// its own pixels. Input: the document to end of file. Output, numbers 2 bytes big-endian:
/// <code>
/// pages  { width height  width*height*3 bytes R G B }*
/// </code>
/// </summary>
internal sealed class DangerzoneConvert : IConversionService, IPageWire
{
    public const string Name = "dz.Convert";

    public void Convert(Stream input, Stream output, Workspace workspace)
    {
        InputIntake.Receive(input, workspace.InputFile);
        var request = new RenderRequest(workspace, Limits.DangerzoneDpi, Password: null);
        PageSender.Send(request, this, output);
    }

    public int ExitStatus(ConversionStatus failure) =>
        (int)(failure == ConversionStatus.LibreOfficeMissing ? ConversionStatus.LibreOfficeFailed : failure);

    public void WritePageCount(Stream output, int pages) => WriteNumber(output, pages);

    public void WritePageSize(Stream output, int width, int height)
    {
        WriteNumber(output, width);
        WriteNumber(output, height);
    }

    private static void WriteNumber(Stream output, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)value));
        output.Write(bytes);
    }
}
