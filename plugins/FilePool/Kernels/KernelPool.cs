using System.Text.RegularExpressions;
using Qubes.Plugins.FilePool.Linux;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool.Kernels;

/// <summary>
/// Kernels that are installed below one directory, each a directory of its own. A volume's vid is its qube's kernel, empty for
/// none; it shows <c>modules.img</c> where the kernel has one, read-only, and nothing ever changes it (spec: storage,
/// section 4.5).
/// </summary>
internal sealed partial class KernelPool(PoolConfiguration configuration, string directory) : IStoragePool
{
    /// <inheritdoc/>
    public PoolConfiguration Configuration => configuration;

    /// <inheritdoc/>
    string IStoragePool.Directory => directory;

    /// <inheritdoc/>
    public Task CreateAsync(Volume volume, CancellationToken cancel) => RunAsync(volume, _ => { }, cancel);

    /// <inheritdoc/>
    public Task RemoveAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<VolumeAttachment> StartAsync(Volume volume, CancellationToken cancel)
    {
        List<DiskLayer> layers = [];
        await RunAsync(volume, kernel =>
        {
            if (FileFacts.Of(ModulesOf(kernel)) is { IsRegular: true })
                layers.Add(new DiskLayer(ModulesOf(kernel), "raw"));
        }, cancel).ConfigureAwait(false);
        return new VolumeAttachment(volume, layers, IsWritable: false);
    }

    /// <inheritdoc/>
    public Task StopAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task VerifyAsync(Volume volume, CancellationToken cancel) => RunAsync(volume, kernel =>
    {
        if (FileFacts.Of($"{kernel}/vmlinuz") is not { IsRegular: true })
            throw new StorageException($"Kernel {volume.Vid} cannot be used: {kernel}/vmlinuz is missing or no plain file");
    }, cancel);

    /// <inheritdoc/>
    public Task ResizeAsync(Volume volume, long size, CancellationToken cancel) => throw Fixed(volume);

    /// <inheritdoc/>
    public IReadOnlyList<VolumeRevision> Revisions(Volume volume) => [];

    /// <inheritdoc/>
    public Task<long> RevertAsync(Volume volume, string revision, CancellationToken cancel) => throw Fixed(volume);

    /// <inheritdoc/>
    public Task PruneRevisionsAsync(Volume volume, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string> BeginImportAsync(Volume volume, long size, CancellationToken cancel) => throw Fixed(volume);

    /// <inheritdoc/>
    public Task EndImportAsync(Volume volume, bool commit, CancellationToken cancel) => throw Fixed(volume);

    /// <inheritdoc/>
    public Task ImportAsync(Volume volume, string imagePath, CancellationToken cancel) => throw Fixed(volume);

    /// <inheritdoc/>
    public Task<IVolumeExport> ExportAsync(Volume volume, CancellationToken cancel) => throw Fixed(volume);

    /// <inheritdoc/>
    public Task CloneAsync(Volume volume, Volume source, CancellationToken cancel) =>
        volume.IsPersistent && source.IsPersistent ? throw Fixed(volume) : Task.CompletedTask;

    /// <inheritdoc/>
    public string PathOf(Volume volume) =>
        PlaceOf(volume) is { } kernel && File.Exists(ModulesOf(kernel)) ? ModulesOf(kernel) : "";

    /// <inheritdoc/>
    public IReadOnlyList<string> Vids() => Directory.Exists(directory)
        ?
        [
            .. Directory.EnumerateDirectories(directory)
                .Select(path => Path.GetFileName(path))
                .Where(name => NamePattern().IsMatch(name))
                .Order(StringComparer.Ordinal)
        ]
        : [];

    /// <inheritdoc/>
    public PoolUsage Measure() => new(Size: null, Used: null);

    /// <inheritdoc/>
    public bool IsOutdated(Volume volume) => false;

    /// <inheritdoc/>
    public bool IsDirty(Volume volume) => false;

    /// <inheritdoc/>
    public long Usage(Volume volume) => 0;

    /// <inheritdoc/>
    public string? Revision(Volume volume) => null;

    private static string ModulesOf(string kernel) => $"{kernel}/modules.img";

    private static StorageException Fixed(Volume volume) =>
        new($"Volume {volume.Vid} is refused: what driver linux-kernel shows is never changed or copied; install a kernel instead");

    private string? PlaceOf(Volume volume) =>
        volume.Vid.Length > 0 && NamePattern().IsMatch(volume.Vid) ? $"{directory}/{volume.Vid}" : null;

    /// <summary>Nothing is done without a kernel: a qube need not have one that comes from the host.</summary>
    private async Task RunAsync(Volume volume, Action<string> work, CancellationToken cancel)
    {
        if (!volume.IsVolatile || volume.IsWritable || volume.IsEphemeral)
            throw new StorageException($"Volume {volume.Vid} is refused: those of driver linux-kernel are read-only and hold nothing of a qube's");
        if (volume.Vid.Length == 0)
            return;
        var kernel = PlaceOf(volume)
            ?? throw new StorageException($"'{volume.Vid}' is no kernel's name: A-Za-z0-9_.+-, not beginning with a dot");
        try
        {
            await Task.Run(() => work(kernel), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Kernel {volume.Vid} of pool {configuration.Name} cannot be used: {e.Message}");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_+-][A-Za-z0-9_.+-]{0,99}\z")]
    private static partial Regex NamePattern();
}
