using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Testing.Storage;

/// <summary>
/// A real file that stands for a volume's content while somebody reads or fills it; it reads as zeros at first, and is gone
/// when it is let go.
/// </summary>
internal sealed class SimulatedFile : IVolumeExport
{
    public SimulatedFile(long size)
    {
        Path = System.IO.Path.GetTempFileName();
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(file, size);
        Size = size;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>Bytes it was made with.</summary>
    public long Size { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        File.Delete(Path);
        return ValueTask.CompletedTask;
    }
}
