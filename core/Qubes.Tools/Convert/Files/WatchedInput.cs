namespace Qubes.Tools.Convert.Files;

/// <summary>
/// Passes a document on to a call and says when its first byte was asked for and its last one was taken. If it cannot be
/// read to its end, the call gets what looks like an end, as from any input; <see cref="Failure"/> tells the difference.
/// </summary>
internal sealed class WatchedInput(Stream document, StageTimes stages) : Stream
{
    /// <summary>Why the document could not be read to its end; null if it could, so far.</summary>
    public IOException? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        stages.Enter(Stage.Transfer);
        int count = 0;
        try
        {
            count = await document.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException failure)
        {
            Failure = failure;
        }

        if (count == 0)
            stages.Enter(Stage.Convert);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
