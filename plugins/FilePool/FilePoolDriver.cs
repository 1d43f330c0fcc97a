using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.FilePool;

/// <summary>Opens pools of the driver <c>file</c>.</summary>
internal sealed class FilePoolDriver(TimeProvider time) : IStoragePoolDriver
{
    /// <inheritdoc/>
    public string Name => "file";

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = ["revisions_to_keep", "dir_path", "ephemeral_volatile"];

    /// <inheritdoc/>
    public Task<IStoragePool> OpenAsync(PoolConfiguration configuration, CancellationToken cancel)
    {
        foreach (var option in configuration.Options.Keys)
        {
            if (!Options.Contains(option))
                throw new StorageException(
                    $"Pool {configuration.Name}: driver file knows no option '{option}', only {string.Join(", ", Options)}");
        }
        if (!configuration.Options.TryGetValue("dir_path", out var directory) || !Path.IsPathFullyQualified(directory))
            throw new StorageException($"Pool {configuration.Name}: option dir_path must be an absolute path");
        return Task.Run<IStoragePool>(() => Open(configuration, directory), cancel);
    }

    private FilePool Open(PoolConfiguration configuration, string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, VolumeFiles.DirectoryMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Pool {configuration.Name}: dir_path cannot be made: {e.Message}");
        }
        return new FilePool(configuration, Path.TrimEndingDirectorySeparator(directory), time);
    }
}
