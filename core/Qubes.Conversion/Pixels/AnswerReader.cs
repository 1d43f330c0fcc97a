using System.Buffers;
using System.IO.Pipelines;

namespace Qubes.Conversion.Pixels;

/// <summary>Takes fields and pixels from a qube's answer; nothing is allocated by what the qube claims.</summary>
internal sealed class AnswerReader(PipeReader source)
{
    // Dangerzone waits as long for the end (spec: conversion services, section 1, trusted side).
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    public delegate bool FieldParser<T>(ref SequenceReader<byte> bytes, out T field);

    /// <summary>Reads one field.</summary>
    /// <param name="where">Ends the sentence "the qube's answer ended ...".</param>
    public async Task<T> ReadAsync<T>(FieldParser<T> parse, string where, CancellationToken cancellation)
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

    /// <summary>Copies exactly as many bytes.</summary>
    public async Task CopyAsync(long count, Stream sink, string where, CancellationToken cancellation)
    {
        long left = count;
        while (left > 0)
        {
            ReadResult read = await source.ReadAsync(cancellation);
            ReadOnlySequence<byte> pixels = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            foreach (ReadOnlyMemory<byte> part in pixels)
                await sink.WriteAsync(part, cancellation);
            left -= pixels.Length;
            source.AdvanceTo(pixels.End);
            if (left > 0 && read.IsCompleted)
                throw new AnswerCutShortException($"the qube's answer ended {where}");
        }
    }

    /// <summary>Waits for the end of the answer, which has 15 s to come.</summary>
    /// <param name="what">Ends the sentence "the qube sent more than ...".</param>
    /// <exception cref="GuestViolationException">Something follows, or nothing does, not even the end.</exception>
    public async Task ExpectEndAsync(string what, TimeProvider clock, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(EndLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            ReadResult read = await source.ReadAsync(either.Token);
            if (!read.Buffer.IsEmpty)
                throw new GuestViolationException($"the qube sent more than {what}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GuestViolationException($"the qube did not end its answer within {EndLimit.TotalSeconds} s after {what}");
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
