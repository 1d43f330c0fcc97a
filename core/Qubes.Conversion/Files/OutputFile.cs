namespace Qubes.Conversion.Files;

/// <summary>
/// A result in the making: written to a hidden file of ours beside its place, and put there whole or not at all. A file that
/// stands in that place is replaced in one step.
/// </summary>
public sealed class OutputFile : IAsyncDisposable
{
    private const int BufferSize = 256 * 1024;

    private readonly string path;
    private readonly string partial;
    private bool kept;

    private OutputFile(string path, string partial, FileStream stream) => (this.path, this.partial, Stream) = (path, partial, stream);

    /// <summary>What is written here becomes the file.</summary>
    public FileStream Stream { get; }

    /// <exception cref="ConversionException">Its directory is missing or not writable, or the place is taken by a directory.</exception>
    public static OutputFile Create(string path)
    {
        string directory = Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(directory))
            throw new ConversionException($"the result's directory does not exist: {directory}");
        if (Directory.Exists(path))
            throw new ConversionException($"the result's place is a directory: {path}");
        string partial = Path.Combine(directory, $".{Path.GetRandomFileName()}.part");
        try
        {
            return new OutputFile(path, partial, new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConversionException($"the result cannot be written in {directory}: {FileFailure.Describe(failure)}", cause: failure);
        }
    }

    /// <summary>Makes the file durable and puts it in its place.</summary>
    /// <exception cref="IOException">The disk is full, or the place has gone.</exception>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        await Stream.FlushAsync(cancellation);
        Stream.Flush(flushToDisk: true);
        await Stream.DisposeAsync();
        File.Move(this.partial, this.path, overwrite: true);
        kept = true;
    }

    /// <summary>Removes the file unless it was kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (kept)
            return;
        // First the name: closing writes what is buffered, which fails on a full disk.
        File.Delete(this.partial);
        try
        {
            await Stream.DisposeAsync();
        }
        catch (IOException)
        {
            // What could not be written belonged to a file that is gone.
        }
    }
}
