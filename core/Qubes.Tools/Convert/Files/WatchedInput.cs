namespace Qubes.Tools.Convert.Files;

/// <summary>
/// Passes a document on to a call and says when its first byte was asked for and its last one was taken. A failure to read
/// it is a <see cref="ConversionException"/>, so that nobody takes it for trouble with the call.
/// </summary>
internal sealed class WatchedInput(Stream document, StageTimes stages) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        stages.Enter(Stage.Transfer);
        try
        {
            return Taken(document.Read(buffer));
        }
        catch (IOException failure)
        {
            throw Unreadable(failure);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        stages.Enter(Stage.Transfer);
        try
        {
            return Taken(await document.ReadAsync(buffer, cancellationToken));
        }
        catch (IOException failure)
        {
            throw Unreadable(failure);
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static ConversionException Unreadable(IOException failure) => new($"cannot be read: {failure.Message}", cause: failure);

    private int Taken(int count)
    {
        if (count == 0)
            stages.Enter(Stage.Convert);
        return count;
    }
}
