using System.Buffers;
using System.IO.Pipelines;

namespace Qubes.Conversion.Pixels;

/// <summary>
/// Reads a converter's answer, of which every byte is hostile until it is one of the pixels asked for:
/// <code>
/// answer = count { size  width*height*3 bytes R G B }*count  END
/// </code>
/// with <c>count</c> and <c>size</c> as the dialect writes them. Nothing is allocated by what the guest claims.
/// </summary>
public sealed class PixelStreamReader(PipeReader source, IPageDialect dialect)
{
    // Dangerzone waits as long for the end (spec: conversion services, section 1, trusted side).
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    private long pixels;

    private delegate bool FieldParser<T>(ref SequenceReader<byte> bytes, out T field);

    /// <summary>Reads the number of pages, 1–10000.</summary>
    /// <exception cref="GuestViolationException">Another number, or none.</exception>
    /// <exception cref="AnswerCutShortException">The answer ended.</exception>
    public async Task<int> ReadPageCountAsync(CancellationToken cancellation)
    {
        int pages = await ReadAsync<int>(dialect.TryReadPageCount, "before its page count", cancellation);
        if (pages is < 1 or > WireLimits.Pages)
            throw new GuestViolationException($"the qube announced {pages} pages; 1 to {WireLimits.Pages} are accepted");
        return pages;
    }

    /// <summary>Reads the size of the page that follows.</summary>
    /// <exception cref="GuestViolationException">A side is not 1–10000, or the document has too many pixels by now.</exception>
    /// <exception cref="AnswerCutShortException">The answer ended.</exception>
    public async Task<PageSize> ReadPageSizeAsync(CancellationToken cancellation)
    {
        PageSize size = await ReadAsync<PageSize>(dialect.TryReadPageSize, "before a page's size", cancellation);
        if (size is not { Width: >= 1 and <= WireLimits.Side, Height: >= 1 and <= WireLimits.Side })
            throw new GuestViolationException(
                $"the qube announced a page of {size.Width} x {size.Height} pixels; 1 to {WireLimits.Side} are accepted");
        this.pixels += size.Pixels;
        if (this.pixels > WireLimits.TotalPixels)
            throw new GuestViolationException($"the qube sent over {WireLimits.TotalPixels} pixels, which is the most accepted");
        return size;
    }

    /// <summary>Copies exactly the page's pixels.</summary>
    /// <exception cref="AnswerCutShortException">The answer ended within them.</exception>
    public async Task CopyPixelsAsync(PageSize size, Stream sink, CancellationToken cancellation)
    {
        long left = size.Bytes;
        while (left > 0)
        {
            ReadResult read = await source.ReadAsync(cancellation);
            ReadOnlySequence<byte> pixels = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            foreach (ReadOnlyMemory<byte> part in pixels)
                await sink.WriteAsync(part, cancellation);
            left -= pixels.Length;
            source.AdvanceTo(pixels.End);
            if (left > 0 && read.IsCompleted)
                throw new AnswerCutShortException("the qube's answer ended within a page");
        }
    }

    /// <summary>Waits for the end of the answer, which has 15 s to come.</summary>
    /// <exception cref="GuestViolationException">Something follows the last page, or nothing does, not even the end.</exception>
    public async Task ExpectEndAsync(TimeProvider clock, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(EndLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            ReadResult read = await source.ReadAsync(either.Token);
            if (!read.Buffer.IsEmpty)
                throw new GuestViolationException("the qube sent more than the pages it announced");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GuestViolationException($"the qube did not end its answer within {EndLimit.TotalSeconds} s after the last page");
        }
    }

    private async Task<T> ReadAsync<T>(FieldParser<T> parse, string where, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await source.ReadAsync(cancellation);
            if (TryParse(read.Buffer, parse, out T field, out SequencePosition consumed))
            {
                source.AdvanceTo(consumed);
                return field;
            }

            source.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                throw new AnswerCutShortException($"the qube's answer ended {where}");
        }
    }

    private static bool TryParse<T>(ReadOnlySequence<byte> bytes, FieldParser<T> parse, out T field, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(bytes);
        bool parsed = parse(ref reader, out field);
        consumed = reader.Position;
        return parsed;
    }
}
