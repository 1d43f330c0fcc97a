namespace Qubes.Plugins.Qrexec.Tests;

/// <summary>An input that gives one byte and then nothing, without ending, until it is disposed of.</summary>
internal sealed class OpenStream : Stream
{
    private readonly TaskCompletionSource wasRead = new();
    private readonly CancellationTokenSource over = new();
    private bool gave;

    /// <summary>The first byte was taken, and more is asked for.</summary>
    public Task WhenRead => wasRead.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!gave)
        {
            gave = true;
            buffer.Span[0] = 42;
            return 1;
        }
        wasRead.TrySetResult();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token);
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        over.Cancel();
        over.Dispose();
        base.Dispose(disposing);
    }
}
