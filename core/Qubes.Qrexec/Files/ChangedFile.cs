namespace Qubes.Qrexec.Files;

/// <summary>
/// Takes the file a qube sends back: written beside the original, or into the directory for temporary files where that cannot
/// be, and put in
/// the original's place only when it is complete. Nothing is kept that was not taken.
/// </summary>
/// <param name="original">The original's path.</param>
/// <param name="limit">Bytes it may have.</param>
public sealed class ChangedFile(string original, long limit) : Stream
{
    private FileStream? file;
    private bool isBeside;
    private bool isTaken;

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return;
        file ??= Create();
        if (buffer.Length > limit - file.Length)
            throw new IOException($"the changed file has more than {limit} bytes, which is more than is accepted; the file is unchanged");
        await file.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <returns>Where it was left instead; null if it replaced the original, or there is none.</returns>
    public async Task<string?> TakeAsync(CancellationToken cancellation)
    {
        if (file is null)
            return null;
        await file.FlushAsync(cancellation);
        file.Flush(flushToDisk: true);
        isTaken = true;
        if (!isBeside)
            return file.Name;
        File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(original));
        File.Move(file.Name, original, overwrite: true);
        return null;
    }

    /// <summary>Lets go of the file, and deletes it unless it was taken.</summary>
    public async ValueTask ReleaseAsync()
    {
        if (file is null)
            return;
        await file.DisposeAsync();
        if (!isTaken)
            File.Delete(file.Name);
    }

    // Whoever writes disposes of the stream at the end of the service's output, before it is known whether to keep the file: only
    // ReleaseAsync lets go of it.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private FileStream Create()
    {
        try
        {
            isBeside = true;
            return CreateIn(Path.GetDirectoryName(Path.GetFullPath(original))!);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            isBeside = false;
            return CreateIn(Path.GetTempPath());
        }
    }

    private FileStream CreateIn(string directory) => new(
        Path.Combine(directory, $".{Guid.NewGuid():N}.{Path.GetFileName(original)}"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
}
