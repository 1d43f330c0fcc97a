using System.IO.Pipelines;
using Qubes.Conversion.Pixels;

namespace Qubes.Conversion.Images;

/// <summary>
/// Reads the answer of <c>qubes.GetImageRGBA</c> (spec: conversion services, section 3), of which every byte is hostile:
/// <code>
/// answer = number SP number LF  width*height*4 bytes R G B A  END         number = 1*5 digit, the first not '0'
/// </code>
/// </summary>
public sealed class ImageStreamReader(PipeReader source)
{
    /// <summary>Pixels from left to right, at most.</summary>
    public const int Widest = 8192;

    /// <summary>Pixels from top to bottom, at most.</summary>
    public const int Highest = 5120;

    /// <summary>Bytes of a pixel: R G B A.</summary>
    public const int BytesPerPixel = 4;

    private readonly AnswerReader reader = new(source);

    /// <summary>Reads the image's size.</summary>
    /// <exception cref="GuestViolationException">A side is longer than is accepted, or is no number.</exception>
    /// <exception cref="AnswerCutShortException">The answer ended.</exception>
    public async Task<PageSize> ReadSizeAsync(CancellationToken cancellation)
    {
        PageSize size = await reader.ReadAsync<PageSize>(new PdfConvertDialect().TryReadPageSize, "before the image's size", cancellation);
        return size is { Width: >= 1 and <= Widest, Height: >= 1 and <= Highest }
            ? size
            : throw new GuestViolationException(
                $"the qube announced an image of {size.Width} x {size.Height} pixels; 1 to {Widest} x 1 to {Highest} are accepted");
    }

    /// <summary>Copies exactly the image's pixels, and sees to it that nothing follows.</summary>
    /// <exception cref="GuestViolationException">Something follows, or the end does not come within 15 s.</exception>
    /// <exception cref="AnswerCutShortException">The answer ended within the pixels.</exception>
    public async Task CopyPixelsAsync(PageSize size, Stream sink, TimeProvider clock, CancellationToken cancellation)
    {
        await reader.CopyAsync(size.Pixels * BytesPerPixel, sink, "within the image", cancellation);
        await reader.ExpectEndAsync("the image it announced", clock, cancellation);
    }
}
