using System.Text;
using Qubes.Conversion.Pixels;

namespace Qubes.Tools.Convert;

/// <summary>Takes a service's standard error: keeps its beginning, drops the rest, so that it can neither block nor fill memory.</summary>
internal sealed class BoundedErrors : Stream
{
    private readonly MemoryStream kept = new();

    /// <summary>What was kept, decoded; not yet escaped.</summary>
    public string Text => Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) =>
        kept.Write(buffer[..(int)Math.Min(buffer.Length, WireLimits.ErrorBytes - kept.Length)]);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
