namespace Qubes.Tools.Calls;

/// <summary>
/// The local output of a call. If its reader goes away the call is ended, as SIGPIPE would end a local program:
/// <c>qvm-run -p vm yes | head -1</c> must not run for ever.
/// </summary>
/// <param name="end">Cancelled at the first failure.</param>
internal sealed class OutputGuard(Stream output, CancellationTokenSource end) : Stream
{
    /// <summary>The write that failed, or null.</summary>
    public IOException? Failure { get; private set; }

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await output.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            Failure = e;
            await end.CancelAsync();
            throw;
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask DisposeAsync()
    {
        await output.DisposeAsync();
        await base.DisposeAsync();
    }

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
