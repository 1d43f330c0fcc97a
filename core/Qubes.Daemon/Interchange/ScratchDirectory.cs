namespace Qubes.Daemon.Interchange;

/// <summary>A private directory that is deleted with what is in it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("qubesd-import-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
