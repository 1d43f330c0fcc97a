using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;
namespace Qubes.Plugins.FilePool;
internal sealed partial class FilePool
{
    public Task VerifyAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) => Task.CompletedTask;
    public IReadOnlyList<VolumeRevision> Revisions(Volume volume) => [];
    public Task RevertAsync(Volume volume, string revision, CancellationToken cancel) => throw new VolumeRevisionNotFoundException("no");
    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    private string ImportFile(Volume v) => FilesOf(v).Image + ".import";
    public Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel)
    {
        if (File.Exists(ImportFile(volume))) throw new StorageException("an import goes on");
        using var f = File.Create(ImportFile(volume)); f.SetLength(size);
        return Task.FromResult(ImportFile(volume));
    }
    public Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel)
    {
        if (!File.Exists(ImportFile(volume))) throw new StorageException("no import goes on");
        if (commit) File.Move(ImportFile(volume), FilesOf(volume).Image, true); else File.Delete(ImportFile(volume));
        return Task.CompletedTask;
    }
    public Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel) => throw new StorageException("no");
    public Task CloneAsync(Volume volume, Volume source, CancellationToken cancel)
    { if (volume.SaveOnStop && source.SaveOnStop) File.Copy(FilesOf(source).Image, FilesOf(volume).Image, true); return Task.CompletedTask; }
    public string PathOf(Volume volume) => FilesOf(volume).Image;
    public IReadOnlyList<string> Vids() => [.. System.IO.Directory.EnumerateFiles(directory, "*.img", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(directory, f)[..^4]).Order(StringComparer.Ordinal)];
    public PoolUsage Measure() { var d = new DriveInfo(directory); return new(d.TotalSize, d.TotalSize - d.AvailableFreeSpace); }
    string? IStoragePool.Directory => directory;
}
internal sealed class StubKernelDriver : IStoragePoolDriver
{
    public string Name => "linux-kernel";
    public IReadOnlyList<string> Options { get; } = ["dir_path"];
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel) => Task.FromResult<IStoragePool>(new StubKernelPool(configuration));
}
internal sealed class StubKernelPool(PoolConfiguration configuration) : IStoragePool
{
    public PoolConfiguration Configuration => configuration;
    public Task CreateAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    public Task RemoveAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    public Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel) => Task.FromResult(new VolumeAttachment(volume, [new DiskLayer("/dev/null", "raw")], false));
    public Task StopAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    public Task VerifyAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) => Task.CompletedTask;
    public IReadOnlyList<VolumeRevision> Revisions(Volume volume) => [];
    public Task RevertAsync(Volume volume, string revision, CancellationToken cancel) => throw new VolumeRevisionNotFoundException("no");
    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;
    public Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel) => throw new StorageException("no");
    public Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel) => throw new StorageException("no");
    public Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel) => throw new StorageException("no");
    public Task CloneAsync(Volume volume, Volume source, CancellationToken cancel) => Task.CompletedTask;
    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) => Task.CompletedTask;
    public bool IsOutdated(Volume volume) => false;
    public bool IsDirty(Volume volume) => false;
    public long Usage(Volume volume) => 0;
    public string? Revision(Volume volume) => null;
    public string PathOf(Volume volume) => "";
    public IReadOnlyList<string> Vids() => [];
    public PoolUsage Measure() => new(null, null);
    public string? Directory => configuration.Options["dir_path"];
}
