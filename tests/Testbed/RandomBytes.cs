using System.Security.Cryptography;

namespace Qubes.Testbed;

/// <summary>A stream of so many seeded random bytes that remembers their hash.</summary>
public sealed class RandomBytes(long length) : Stream
{
    private readonly Random random = new(20261121);
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long left = length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; } = length;

    public override long Position
    {
        get => Length - left;
        set => throw new NotSupportedException();
    }

    public string Hash() => Convert.ToHexString(hash.GetCurrentHash());

    public override int Read(byte[] buffer, int offset, int count)
    {
        var part = buffer.AsSpan(offset, (int)Math.Min(count, left));
        random.NextBytes(part);
        hash.AppendData(part);
        left -= part.Length;
        return part.Length;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
