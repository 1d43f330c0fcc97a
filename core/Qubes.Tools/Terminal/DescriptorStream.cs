using System.Runtime.InteropServices;

namespace Qubes.Tools.Terminal;

/// <summary>
/// A file descriptor of the process as a stream: plain <c>read</c> and <c>write</c>, so that a shared file offset stays right,
/// and no
/// copy in between. A write blocks the calling thread; a read does only if there is something to read.
/// </summary>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Eintr = 4;
    private const int Eagain = 11;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int WriteOnly = 1;
    private bool closed;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public static bool IsTerminal(int descriptor) => IsTty(descriptor) == 1;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        while (true)
        {
            var count = ReadDescriptor(descriptor, buffer, buffer.Length);
            if (count >= 0)
                return (int)count;
            WaitOrThrow(PollIn);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return IsReady(PollIn, 0) ? new(Read(buffer.Span)) : new(Task.Run(() => Read(buffer.Span), cancellationToken));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        while (!buffer.IsEmpty)
        {
            var count = WriteDescriptor(descriptor, buffer, buffer.Length);
            if (count >= 0)
                buffer = buffer[(int)count..];
            else
                WaitOrThrow(PollOut);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Lets go of the file, so that its reader sees the end; the number stays in use and leads nowhere.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!closed)
        {
            closed = true;
            var nowhere = OpenDescriptor("/dev/null", WriteOnly);
            if (nowhere >= 0)
            {
                _ = Duplicate(nowhere, descriptor);
                _ = CloseDescriptor(nowhere);
            }
        }

        base.Dispose(disposing);
    }

    private void WaitOrThrow(short events)
    {
        var error = Marshal.GetLastPInvokeError();
        // Someone who shares the file may have made it non-blocking.
        if (error == Eagain)
            IsReady(events, Timeout.Infinite);
        else if (error != Eintr)
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    private bool IsReady(short events, int milliseconds)
    {
        var wanted = new PollEntry { Descriptor = descriptor, Events = events };
        return Poll(ref wanted, 1, milliseconds) > 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteDescriptor(int descriptor, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTty(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);
}
