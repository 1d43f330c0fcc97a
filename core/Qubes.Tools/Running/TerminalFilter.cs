using System.Buffers;
using System.Text;

namespace Qubes.Tools.Running;

/// <summary>
/// Output of a qube on its way to a terminal: bytes other than printable ASCII, tab, line feed, carriage return, backspace and
/// bell
/// become <c>_</c> (spec: qrexec protocol, section 8), and the text is coloured, so that nobody takes it for the host's own.
/// </summary>
/// <param name="filter">Replace bytes.</param>
/// <param name="colour">Parameter of the escape sequence that sets a colour, e.g. <c>31</c>; null for none.</param>
internal sealed class TerminalFilter(Stream output, bool filter, string? colour) : Stream
{
    private static readonly SearchValues<byte> Harmless =
        SearchValues.Create([7, 8, 9, 10, 13, .. Enumerable.Range(0x20, 0x5f).Select(value => (byte)value)]);

    private bool coloured;

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (colour is not null && !coloured)
        {
            coloured = true;
            await output.WriteAsync(Encoding.ASCII.GetBytes($"\u001b[0;{colour}m"), cancellationToken);
        }

        if (!filter || !buffer.Span.ContainsAnyExcept(Harmless))
        {
            await output.WriteAsync(buffer, cancellationToken);
            return;
        }

        var safe = ArrayPool<byte>.Shared.Rent(buffer.Length);
        try
        {
            buffer.CopyTo(safe);
            Replace(safe.AsSpan(0, buffer.Length));
            await output.WriteAsync(safe.AsMemory(0, buffer.Length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(safe);
        }
    }

    /// <summary>Takes the colour back. The output itself stays open.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (coloured)
        {
            coloured = false;
            await output.WriteAsync("\u001b[0m"u8.ToArray());
        }

        await base.DisposeAsync();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static void Replace(Span<byte> bytes)
    {
        for (int next; (next = bytes.IndexOfAnyExcept(Harmless)) >= 0; bytes = bytes[(next + 1)..])
            bytes[next] = (byte)'_';
    }
}
